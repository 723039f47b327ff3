import { Hono } from 'hono';
import { isObject } from '../wire/shape.ts';
import { admitted } from './admitted.ts';
import { badRequest, forbidden, jsonAnswer, numberAnswer } from './api-answer.ts';
import { applyUpdate, finalAgeMs, repeatAfterSeconds, type UpdateClaim } from './apply-update.ts';
import type { Coordinator } from './coordinator.ts';
import type { Job } from './job.ts';
import { type JsonBody, jsonBody } from './json-body.ts';
import { judgeUpdate } from './judge-update.ts';
import { patchTrace } from './trace-patch.ts';

const WATCHED_FOR_MS = 10_000;
const WATCHED_INTERVAL_SECONDS = 3;

/** `PATCH /jobs/:id/trace` and `PUT /jobs/:id`: what a runner says about a job that it executes. */
export function jobRoutes(coordinator: Coordinator): Hono {
  const app = new Hono();
  app.patch('/jobs/:id/trace', async (c) => {
    const job = admitted(coordinator, c.req.param('id'), { token: c.req.header('job-token'), kind: 'trace' });
    if (job instanceof Response) return job;
    return patched(coordinator, job, {
      body: Buffer.from(await c.req.arrayBuffer()),
      contentRange: c.req.header('content-range'),
      contentType: c.req.header('content-type'),
      isDebug: c.req.query('debug_trace') === 'true',
    });
  });
  app.put('/jobs/:id', async (c) => {
    const body = jsonBody(await c.req.text());
    if (body.token === undefined) return badRequest('token is missing');
    const job = admitted(coordinator, c.req.param('id'), { token: body.token, kind: 'job' });
    return job instanceof Response ? job : updated(coordinator, job, body);
  });
  return app;
}

interface Patch {
  readonly body: Buffer;
  readonly contentRange: string | undefined;
  readonly contentType: string | undefined;
  readonly isDebug: boolean;
}

function patched(coordinator: Coordinator, job: Job, patch: Patch): Response {
  if (job.updates.length === 0)
    coordinator.findings.push({ rule: 'trace-before-running', detail: 'PATCH before the first PUT', jobId: job.id });
  if (patch.contentType === undefined) return badRequest('the body is not JSON');
  if (patch.isDebug) job.isDebugTrace = true;
  const result = patchTrace(job.trace, { ...patch, limitBytes: coordinator.knobs.traceLimitBytes });
  switch (result.kind) {
    case 'no-content-range':
      return jsonAnswer(400, { message: '400 Missing header Content-Range' });
    case 'over-limit':
      coordinator.end(job, 'failed', { failureReason: 'trace_size_exceeded' });
      return forbidden();
    case 'wrong-offset':
      judgeOffset(coordinator, job, result.from);
      return jsonAnswer(416, { message: '416 Range Not Satisfiable' }, { range: `0-${result.size}` });
    case 'appended':
      if (patch.body.length > 0) coordinator.events.add({ kind: 'trace', jobId: job.id, from: result.from, bytes: patch.body });
      return numberAnswer(202, { 'job-status': job.status, range: `0-${result.size}`, ...intervalHeader(patchInterval(coordinator, job)) });
  }
}

/** An overlap may be a piece sent again after an answer got lost; nothing explains a gap but bytes that never came. */
function judgeOffset({ findings }: Coordinator, { id, trace }: Job, from: number): void {
  if (from > trace.size && !trace.wasTruncated)
    findings.push({ rule: 'trace-gap', detail: `PATCH at ${from}, stored are ${trace.size} bytes`, jobId: id });
}

function updated(coordinator: Coordinator, job: Job, body: JsonBody): Response {
  const claim = claimOf(body);
  for (const [rule, detail] of judgeUpdate(job, claim)) coordinator.findings.push({ rule, detail, request: 'PUT', jobId: job.id });
  const status = applyUpdate(coordinator, job, claim);
  const repeat = status === 202 ? intervalHeader(repeatAfterSeconds(finalAgeMs(coordinator, job))) : {};
  return numberAnswer(status, { 'job-status': job.status, ...repeat });
}

function claimOf(body: JsonBody): UpdateClaim {
  const output = body.value('output');
  const checksum = isObject(output) && typeof output.checksum === 'string' ? output.checksum : body.text('checksum');
  const bytesize = isObject(output) && typeof output.bytesize === 'number' ? output.bytesize : undefined;
  const failureReason = body.text('failure_reason');
  const exitCode = body.number('exit_code');
  return {
    state: body.text('state') ?? '',
    body: body.whole,
    ...(failureReason === undefined ? {} : { failureReason }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(checksum === undefined ? {} : { checksum }),
    ...(bytesize === undefined ? {} : { bytesize }),
  };
}

/** Short while somebody watches the log. */
function patchInterval({ clock, knobs }: Coordinator, job: Job): number {
  const isWatched = clock.monotonic() - job.watchedAt < WATCHED_FOR_MS;
  return isWatched ? Math.min(WATCHED_INTERVAL_SECONDS, knobs.updateIntervalSeconds) : knobs.updateIntervalSeconds;
}

function intervalHeader(seconds: number): Record<string, string> {
  return { 'x-gitlab-trace-update-interval': String(seconds) };
}
