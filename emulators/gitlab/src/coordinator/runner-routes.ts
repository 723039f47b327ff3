import { type Context, Hono } from 'hono';
import { badRequest, forbidden, jsonAnswer, orphaned } from './api-answer.ts';
import type { Coordinator } from './coordinator.ts';
import { type JsonBody, jsonBody } from './json-body.ts';
import { wantedRunner } from './registration.ts';
import type { Runner } from './runner.ts';

/**
 * The routes about runners and their managers, for who holds a registration token or the runner's own: register, verify, delete
 * the runner or one manager, rotate the token, the job router that is not there.
 */
export function runnerRoutes(coordinator: Coordinator): Hono {
  const app = new Hono();
  app.post('/runners', async (c) => register(coordinator, await bodyOf(c)));
  app.post('/runners/verify', async (c) => verify(coordinator, await bodyOf(c)));
  app.delete('/runners', async (c) => deleteRunner(coordinator, await bodyOf(c)));
  app.delete('/runners/managers', async (c) => deleteManager(coordinator, await bodyOf(c)));
  app.post('/runners/reset_authentication_token', async (c) => resetToken(coordinator, await bodyOf(c)));
  app.get('/runners/router/discovery', (c) => {
    const isKnown = coordinator.runners.withToken(c.req.header('runner-token') ?? '') !== undefined;
    return isKnown ? jsonAnswer(501, { message: '501 Not Implemented' }) : forbidden();
  });
  return app;
}

/** Who a runner is to whoever may know it. */
export function runnerIdentity({ id, token, tokenExpiresAt }: Runner): { id: number; token: string; token_expires_at: string | null } {
  return { id, token, token_expires_at: expiryText(tokenExpiresAt) };
}

/** A new token for the runner: 201, with `token_expires_at` only if tokens expire. */
export function rotated({ runners }: Coordinator, runner: Runner): Response {
  runners.rotate(runner);
  const { token, tokenExpiresAt } = runner;
  return jsonAnswer(201, { token, ...(tokenExpiresAt === undefined ? {} : { token_expires_at: expiryText(tokenExpiresAt) }) });
}

function register(coordinator: Coordinator, body: JsonBody): Response {
  const { credentials, knobs, runners } = coordinator;
  if (body.token === undefined) return badRequest('token is missing');
  const wanted = wantedRunner(body);
  if (!knobs.isRegistrationAllowed) return jsonAnswer(410, { message: '410 Gone', reason: 'runner registration disallowed' });
  const registration = credentials.registration(body.token);
  if (!registration) return forbidden();
  if (wanted.kind === 'refused') return jsonAnswer(400, wanted.body);
  const projects = registration.project === undefined ? undefined : [registration.project];
  return jsonAnswer(201, runnerIdentity(runners.create({ ...wanted.rules, projects }, { origin: 'registered' })));
}

function verify(coordinator: Coordinator, body: JsonBody): Response {
  const runner = authenticated(coordinator, body);
  if (runner instanceof Response) return runner;
  coordinator.runners.managerOf(runner, body.text('system_id'), body.value('info'));
  return jsonAnswer(200, runnerIdentity(runner));
}

function deleteRunner(coordinator: Coordinator, body: JsonBody): Response {
  const runner = known(coordinator, body);
  if (runner instanceof Response) return runner;
  coordinator.runners.delete(runner);
  return new Response(null, { status: 204 });
}

function deleteManager(coordinator: Coordinator, body: JsonBody): Response {
  const systemId = body.text('system_id');
  if (body.token !== undefined && systemId === undefined) return badRequest('system_id is missing');
  const runner = known(coordinator, body);
  if (runner instanceof Response) return runner;
  if (!runner.managers.delete(systemId ?? '')) return jsonAnswer(404, { message: '404 Not found' });
  return new Response(null, { status: 204 });
}

function resetToken(coordinator: Coordinator, body: JsonBody): Response {
  const runner = authenticated(coordinator, body);
  return runner instanceof Response ? runner : rotated(coordinator, runner);
}

/** The runner of the body's token, or what to answer instead: the token is a parameter, so that a header alone is not enough. */
function known({ runners }: Coordinator, { token }: JsonBody): Runner | Response {
  if (token === undefined) return badRequest('token is missing');
  return runners.withToken(token) ?? forbidden();
}

function authenticated(coordinator: Coordinator, body: JsonBody): Runner | Response {
  const runner = known(coordinator, body);
  return !(runner instanceof Response) && runner.isOrphaned ? orphaned() : runner;
}

/** RFC 3339. */
function expiryText(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

async function bodyOf(c: Context): Promise<JsonBody> {
  return jsonBody(await c.req.text());
}
