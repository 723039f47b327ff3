import { Hono } from 'hono';
import { forbidden, jsonAnswer, tooMany } from '../coordinator/api-answer.ts';
import type { Coordinator } from '../coordinator/coordinator.ts';
import type { Artifact } from './artifact.ts';
import { fileAnswer } from './file-answer.ts';

/**
 * `GET /jobs/:id/artifacts`: the archive of a job, for the token of any executing job of the same project. With `direct_download`,
 * and if artifacts are remote, a 302 to the object storage.
 */
export function downloadRoute(coordinator: Coordinator): Hono {
  const app = new Hono();
  app.get('/jobs/:id/artifacts', (c) => {
    const token = c.req.header('job-token') ?? c.req.query('job_token') ?? '';
    const archive = archiveFor(coordinator, token, c.req.param('id'));
    if (archive instanceof Response) return archive;
    const isDirect = c.req.query('direct_download') === 'true' && coordinator.knobs.areArtifactsRemote;
    if (!isDirect) return fileAnswer(archive, c.req.header('range'));
    return new Response(null, { status: 302, headers: { location: coordinator.artifacts.sign(archive) } });
  });
  return app;
}

function archiveFor({ jobs, limiter, knobs, clock }: Coordinator, token: string, id: string): Artifact | Response {
  const admission = limiter.admits({ name: 'runner_jobs_api', key: token, perMinute: knobs.rateLimits.jobPerMinute });
  if (admission.kind === 'limited') return tooMany(admission.headers);
  const asker = jobs.withToken(token);
  if (!asker) return jsonAnswer(401, { message: '401 Unauthorized' });
  if (!asker.isExecuting) return forbidden();
  const job = jobs.withId(id);
  if (!job) return jsonAnswer(404, { message: '404 Not found' });
  if (job.spec.project?.path !== asker.spec.project?.path) return forbidden();
  return job.artifacts.archiveAt(clock.now()) ?? jsonAnswer(404, { message: '404 Artifacts Not Found' });
}
