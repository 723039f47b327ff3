import { Hono } from 'hono';
import type { Coordinator } from '../coordinator/coordinator.ts';
import { numberAnswer } from '../coordinator/api-answer.ts';
import type { GitBackend } from './http-backend.ts';

const GIT_PATH = /^\/(.+?)\.git(\/info\/refs|\/git-upload-pack|\/git-receive-pack)$/;

/** Read-only git over smart HTTP at `/<project path>.git`, for `gitlab-ci-token` with the token of an executing job of that
 * project, or of one that may read it. */
export function gitRoutes(coordinator: Coordinator, backend: GitBackend): Hono {
  const app = new Hono();
  app.all('*', (c) => {
    const [, path, service] = GIT_PATH.exec(decodeURI(c.req.path)) ?? [];
    if (path === undefined || service === undefined) return numberAnswer(404);
    const project = coordinator.project(path);
    const refusal = refuse(coordinator, { path, authorization: c.req.header('authorization') });
    if (refusal) return refusal;
    const isRead = service === '/git-upload-pack' || c.req.query('service') === 'git-upload-pack';
    if (!isRead) return numberAnswer(403);
    if (!project) return numberAnswer(404);
    return backend(
      { repository: project.repository, service, request: c.req.raw },
      AbortSignal.any([c.req.raw.signal, coordinator.closing]),
    );
  });
  return app;
}

function refuse(
  coordinator: Coordinator,
  { path, authorization }: { readonly path: string; readonly authorization: string | undefined },
): Response | undefined {
  const [user, password = ''] = Buffer.from(authorization?.replace(/^Basic /i, '') ?? '', 'base64')
    .toString()
    .split(':');
  const job = user === 'gitlab-ci-token' ? coordinator.jobs.withToken(password) : undefined;
  if (!job) return numberAnswer(401, { 'www-authenticate': 'Basic realm="GitLab"' });
  const own = job.spec.project?.path ?? '';
  const mayRead = own === path || coordinator.project(path)?.readers.includes(own) === true;
  return job.isExecuting && mayRead ? undefined : numberAnswer(403);
}
