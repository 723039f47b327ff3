import { Hono } from 'hono';
import { badRequest, forbidden, jsonAnswer } from './api-answer.ts';
import type { Coordinator } from './coordinator.ts';
import { jsonBody } from './json-body.ts';

/** The routes about runners and their managers: verify, forget a manager, rotate the token, the job router that is not there. */
export function runnerRoutes(coordinator: Coordinator): Hono {
  const app = new Hono();
  const { runners } = coordinator;

  app.post('/runners/verify', async (c) => {
    const body = jsonBody(await c.req.text());
    if (body.token === undefined) return badRequest('token is missing');
    const runner = runners.withToken(body.token);
    if (!runner) return forbidden();
    runners.managerOf(runner, body.text('system_id'), body.value('info'));
    return jsonAnswer(200, { id: runner.id, token: runner.token, token_expires_at: null });
  });

  app.delete('/runners/managers', async (c) => {
    const body = jsonBody(await c.req.text());
    const systemId = body.text('system_id');
    if (body.token === undefined) return badRequest('token is missing');
    if (systemId === undefined) return badRequest('system_id is missing');
    const runner = runners.withToken(body.token);
    if (!runner) return forbidden();
    if (!runner.managers.delete(systemId)) return jsonAnswer(404, { message: '404 Not found' });
    return new Response(null, { status: 204 });
  });

  app.post('/runners/reset_authentication_token', async (c) => {
    const body = jsonBody(await c.req.text());
    if (body.token === undefined) return badRequest('token is missing');
    const runner = runners.withToken(body.token);
    if (!runner) return forbidden();
    return jsonAnswer(201, { token: runners.rotate(runner), token_expires_at: null });
  });

  app.get('/runners/router/discovery', (c) => {
    const isKnown = runners.withToken(c.req.header('runner-token') ?? '') !== undefined;
    return isKnown ? jsonAnswer(501, { message: '501 Not Implemented' }) : forbidden();
  });
  return app;
}
