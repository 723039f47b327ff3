import { type Context, Hono } from 'hono';
import { badRequest, jsonAnswer } from './api-answer.ts';
import type { Coordinator } from './coordinator.ts';
import type { AccessScope } from './credentials.ts';
import { type JsonBody, jsonBody } from './json-body.ts';
import { wantedRunner } from './registration.ts';
import type { RunnerRules } from './runner.ts';
import { rotated, runnerIdentity } from './runner-routes.ts';

type RunnerType = 'instance_type' | 'group_type' | 'project_type';

/** The routes about runners for who holds a personal access token (`PRIVATE-TOKEN`): create one, rotate the token of one. */
export function userRoutes(coordinator: Coordinator): Hono {
  const app = new Hono();
  app.post('/user/runners', async (c) => {
    const refusal = refusedScope(coordinator, c, ['api', 'create_runner']);
    return refusal ?? createRunner(coordinator, jsonBody(await c.req.text()));
  });
  app.post('/runners/:id{[0-9]+}/reset_authentication_token', (c) => {
    const refusal = refusedScope(coordinator, c, ['api', 'manage_runner']);
    if (refusal) return refusal;
    const runner = coordinator.runners.withId(Number(c.req.param('id')));
    return runner ? rotated(coordinator, runner) : jsonAnswer(404, { message: '404 Runner Not Found' });
  });
  return app;
}

function refusedScope({ credentials }: Coordinator, c: Context, wanted: readonly AccessScope[]): Response | undefined {
  const scopes = credentials.scopes(c.req.header('private-token') ?? '');
  if (!scopes) return jsonAnswer(401, { message: '401 Unauthorized' });
  if (scopes.some((scope) => wanted.includes(scope))) return undefined;
  const words = 'The request requires higher privileges than provided by the access token.';
  return jsonAnswer(403, { error: 'insufficient_scope', error_description: words, scope: wanted.join(' ') });
}

function createRunner(coordinator: Coordinator, body: JsonBody): Response {
  const type = runnerType(body.text('runner_type'));
  if (body.value('runner_type') === null) return badRequest('runner_type is missing');
  if (!type) return badRequest('runner_type does not have a valid value');
  if (type === 'group_type' && body.number('group_id') === undefined) return badRequest('group_id is missing');
  if (type === 'project_type' && body.number('project_id') === undefined) return badRequest('project_id is missing');
  const wanted = wantedRunner(body);
  if (wanted.kind === 'refused') return jsonAnswer(400, wanted.body);
  const rules = type === 'project_type' ? ofProject(coordinator, wanted.rules, body.number('project_id')) : wanted.rules;
  if (!rules) return jsonAnswer(403, { message: '403 Forbidden' });
  return jsonAnswer(201, runnerIdentity(coordinator.runners.create(rules, { origin: type })));
}

function ofProject({ projects }: Coordinator, rules: RunnerRules, id: number | undefined): RunnerRules | undefined {
  const project = projects.find((each) => each.id === id);
  return project && { ...rules, projects: [project.path] };
}

function runnerType(word: string | undefined): RunnerType | undefined {
  return word === 'instance_type' || word === 'group_type' || word === 'project_type' ? word : undefined;
}
