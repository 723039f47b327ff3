import { Hono } from 'hono';
import { jsonText } from '../wire/json-text.ts';
import { badRequest, forbidden, jsonAnswer, orphaned, tooMany } from './api-answer.ts';
import { assignJob } from './assign-job.ts';
import type { Coordinator } from './coordinator.ts';
import { type JsonBody, jsonBody } from './json-body.ts';

const MAX_BODY_BYTES = 32 * 1024;

/**
 * `POST /jobs/request`. Order of checks: size, hold (the front proxy's part), rate limit, token, paused, queue value, search.
 * A held request ends with a bare 204: the next one, whose value is stale then, is what gets the job.
 */
export function jobRequestRoute(coordinator: Coordinator): Hono {
  const app = new Hono();
  app.post('/jobs/request', async (c) => {
    const raw = await c.req.text();
    if (Buffer.byteLength(raw) > MAX_BODY_BYTES) return jsonAnswer(413, { message: '413 Request Entity Too Large' });
    const body = jsonBody(raw);
    const answer = (await hold(coordinator, body, c.req.raw.signal)) ?? search(coordinator, body);
    if (coordinator.knobs.longPollMs > 0) answer.headers.set('gitlab-ci-builds-polling', 'yes');
    return answer;
  });
  return app;
}

async function hold(coordinator: Coordinator, body: JsonBody, gone: AbortSignal): Promise<Response | undefined> {
  const { longPollMs } = coordinator.knobs;
  const runner = coordinator.runners.withToken(body.token ?? '');
  if (longPollMs === 0 || !runner || body.text('last_update') !== runner.queueValue) return undefined;
  await runner.held(longPollMs, AbortSignal.any([gone, coordinator.closing]));
  return new Response(null, { status: 204 });
}

function search(coordinator: Coordinator, body: JsonBody): Response {
  const { runners, limiter, knobs } = coordinator;
  if (body.token === undefined) return badRequest('token is missing');
  const perMinute = knobs.rateLimits.requestPerMinute;
  const admission = limiter.admits({ name: 'runner_jobs_request_api', key: body.token, perMinute });
  if (admission.kind === 'limited') return tooMany(admission.headers);
  const runner = runners.withToken(body.token);
  if (!runner) return forbidden();
  if (runner.isOrphaned) return orphaned();
  const info = body.value('info');
  const manager = runners.managerOf(runner, body.text('system_id'), info);
  const { queueValue } = runner;
  if (runner.rules.paused || body.text('last_update') === queueValue) return nothing(queueValue);
  const assigned = assignJob(coordinator, { runner, manager, info });
  if (!assigned) return nothing(queueValue);
  const text = assigned.job.spec.rawPayload ?? jsonText(assigned.payload);
  return new Response(text, { status: 201, headers: { 'content-type': 'application/json' } });
}

function nothing(queueValue: string): Response {
  return new Response(null, { status: 204, headers: { 'x-gitlab-last-update': queueValue } });
}
