import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, MiddlewareHandler, Next } from 'hono';
import type { Coordinator } from '../coordinator/coordinator.ts';
import { judgeRequest } from '../coordinator/judge-request.ts';
import { type Route, routeOf } from '../coordinator/route.ts';
import type { JsonValue } from '../wire/json-text.ts';
import { json } from '../wire/shape.ts';
import type { Fault, FaultQueue } from './fault.ts';
import type { Recorder } from './recorder.ts';

/** Their bodies may be of any size, and are not kept. */
const STREAMED: readonly Route[] = ['git', 'upload'];

type Env = { Bindings: HttpBindings };

/** Stands before every route of GitLab's own address: records the request, judges its form, and lets a waiting fault strike. */
export function observe(
  coordinator: Coordinator,
  watch: { readonly recorder: Recorder; readonly faults: FaultQueue },
): MiddlewareHandler<Env> {
  const requestIds = new Map<string, string>();
  return async (c, next) => {
    const { route, jobId } = routeOf(c.req.method, c.req.path);
    const body = STREAMED.includes(route) ? undefined : Buffer.from(await c.req.arrayBuffer());
    const answered = watch.recorder.add({ at: coordinator.clock.now(), route, ...lineOf(c), ...bodyOf(c, body) });
    judge(coordinator, c, { route, body: body ?? Buffer.alloc(0), requestIds });
    const strike = watch.faults.take(route, jobId);
    if (strike) await suffer(strike, coordinator, { c, next, jobId });
    else await next();
    if (c.res !== RESPONSE_ALREADY_SENT) answered(c.res.status);
  };
}

interface Judged {
  readonly route: Route;
  readonly body: Buffer;
  /** What each request id was first used for. */
  readonly requestIds: Map<string, string>;
}

function judge(coordinator: Coordinator, c: Context, { route, body, requestIds }: Judged): void {
  const { headers } = c.req.raw;
  const query = new URL(c.req.url).searchParams;
  const request = `${c.req.method} ${c.req.path}`;
  for (const [rule, detail] of judgeRequest({ route, query, headers, body, json: parsed(headers, body) })) {
    coordinator.findings.push({ rule, detail, request });
  }
  const requestId = headers.get('x-request-id') ?? request;
  const first = requestIds.get(requestId) ?? request;
  requestIds.set(requestId, first);
  if (first !== request) coordinator.findings.push({ rule: 'request-id-reused', detail: `X-Request-Id was that of ${first}`, request });
}

interface Stricken {
  readonly c: Context<Env>;
  readonly next: Next;
  readonly jobId: string | undefined;
}

async function suffer(fault: Fault, coordinator: Coordinator, { c, next, jobId }: Stricken): Promise<void> {
  const { clock, closing } = coordinator;
  if (fault.delayMs !== undefined) await clock.sleep(fault.delayMs, closing).catch(() => undefined);
  if (fault.kind === 'forget') forget(coordinator, { jobId, part: fault.part });
  const isLost = (fault.kind === 'reply' || fault.kind === 'drop') && fault.when !== 'after';
  if (!isLost) await next();
  switch (fault.kind) {
    case 'delay':
    case 'forget':
      return;
    case 'retype':
      c.res.headers.set('content-type', fault.contentType);
      return;
    case 'reply':
      return replace(
        c,
        new Response(hasNoBody(fault.status) ? null : (fault.body ?? ''), { status: fault.status, headers: fault.headers ?? {} }),
      );
    case 'drop':
      c.env.incoming.socket.destroy();
      return replace(c, RESPONSE_ALREADY_SENT);
  }
}

function forget({ jobs }: Coordinator, { jobId, part }: { readonly jobId: string | undefined; readonly part: number }): void {
  const trace = jobId === undefined ? undefined : jobs.withId(jobId)?.trace;
  trace?.truncate(Math.floor(trace.size * part));
}

/** Hono would keep headers of an earlier answer, unless that is taken away first. */
function replace(c: Context<Env>, answer: Response): void {
  c.res = undefined;
  c.res = answer;
}

function lineOf(c: Context): {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  return { method: c.req.method, path: c.req.path, query: new URL(c.req.url).search, headers: Object.fromEntries(c.req.raw.headers) };
}

function bodyOf(c: Context, body: Buffer | undefined): { readonly bodySize: number; readonly json?: JsonValue } {
  if (!body) return { bodySize: Number(c.req.header('content-length') ?? 0) };
  const value = parsed(c.req.raw.headers, body);
  return value === undefined ? { bodySize: body.length } : { bodySize: body.length, json: value };
}

function parsed(headers: Headers, body: Buffer): JsonValue | undefined {
  if (body.length === 0 || headers.get('content-type')?.startsWith('text/plain')) return undefined;
  try {
    return json.read(JSON.parse(body.toString()), 'body');
  } catch {
    return undefined;
  }
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}
