import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import { Agent, type Dispatcher } from 'undici';
import type { Answer } from './answer.ts';
import { readAnswer } from './read-answer.ts';
import { SocketUses } from './socket-uses.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const WHOLE_EXCHANGE_MS = 60 * MINUTE_MS;

/** Source: GitLab runner API, client timeouts. Connections are renewed every 15 min, for certificates and balancers may have changed. */
const CONNECTIONS = {
  connect: { timeout: 30 * SECOND_MS, keepAlive: true, keepAliveInitialDelay: 30 * SECOND_MS },
  keepAliveTimeout: 90 * SECOND_MS,
  keepAliveMaxTimeout: 90 * SECOND_MS,
  headersTimeout: 10 * MINUTE_MS,
  clientTtl: 15 * MINUTE_MS,
};

/** One request as it is to go out. `X-Request-Id` is added to it. */
export interface Call {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/**
 * Sends requests over HTTP/1.1 connections that are kept alive, and reads the answers. Redirects aren't followed.
 *
 * Gotcha: a request that dies on a reused connection before a byte of an answer goes out once more, on a new connection; it does so
 * every time that a server closes an idle connection just as we use it, and says nothing about the server's health.
 */
export class HttpExchange implements AsyncDisposable {
  readonly #kept = new Agent(CONNECTIONS);
  readonly #fresh = new Agent({ ...CONNECTIONS, pipelining: 0 });
  readonly #sockets = new SocketUses();
  readonly #tools: { readonly clock: Clock; readonly random: Random };

  constructor(tools: { readonly clock: Clock; readonly random: Random }) {
    this.#tools = tools;
  }

  /** Sends once. Throws only the reason of the signal. */
  async send(call: Call, signal: AbortSignal): Promise<Answer> {
    const answer = await this.#trySending(this.#kept, call, signal);
    if (answer.kind !== 'dead socket') return answer;
    const second = await this.#trySending(this.#fresh, call, signal);
    return second.kind === 'dead socket' ? { kind: 'unanswered', cause: noAnswer(new Error('connection lost')) } : second;
  }

  /** Cuts every connection; requests in flight come to nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#sockets[Symbol.dispose]();
    await Promise.all([this.#kept.destroy(), this.#fresh.destroy()]);
  }

  async #trySending(agent: Agent, call: Call, signal: AbortSignal): Promise<Answer | { readonly kind: 'dead socket' }> {
    signal.throwIfAborted();
    const requestId = this.#tools.random.hex(16);
    using _watched = this.#sockets.watch(requestId);
    using cut = cutter(this.#tools.clock, signal);
    try {
      const response = await orAborted(agent.request({ ...optionsOf(call, requestId), signal: cut.signal }), cut.signal);
      return await readAnswer(response, requestId);
    } catch (error) {
      signal.throwIfAborted();
      if (this.#sockets.diedUnanswered(requestId, error)) return { kind: 'dead socket' };
      return { kind: 'unanswered', cause: noAnswer(error) };
    }
  }
}

function optionsOf({ method, url, headers, body }: Call, requestId: string): Dispatcher.RequestOptions {
  const { origin, pathname, search } = new URL(url);
  return { origin, path: pathname + search, method, headers: { ...headers, 'X-Request-Id': requestId }, body };
}

/** A signal for one exchange: aborts with `parent` or after an hour. Not AbortSignal.any, of which a long-lived parent keeps a trace. */
function cutter(clock: Clock, parent: AbortSignal): Disposable & { readonly signal: AbortSignal } {
  const own = new AbortController();
  const onAbort = () => own.abort(parent.reason);
  parent.addEventListener('abort', onAbort, { once: true });
  clock.sleep(WHOLE_EXCHANGE_MS, own.signal).then(
    () => own.abort(new DOMException('the exchange took longer than an hour', 'TimeoutError')),
    () => undefined,
  );
  const release = () => {
    parent.removeEventListener('abort', onAbort);
    own.abort();
  };
  return { signal: own.signal, [Symbol.dispose]: release };
}

/** undici doesn't hear an abort before the connection stands; a manager that leaves must not wait for that. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

function noAnswer(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const text = inner instanceof Error ? inner.message : String(inner);
  const code = inner instanceof Error && 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
  return `no answer from GitLab: ${text}${code && !text.includes(code) ? ` (${code})` : ''}`;
}
