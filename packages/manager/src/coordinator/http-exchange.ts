import { Readable } from 'node:stream';
import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import type { Dispatcher } from 'undici';
import type { Answer, Answered } from './answer.ts';
import { type ConnectionSettings, Connections } from './connections.ts';
import { readAnswer } from './read-answer.ts';
import { redirectOf } from './redirect.ts';
import { SocketUses } from './socket-uses.ts';
import type { TlsMaterial } from './tls-files.ts';

const WHOLE_EXCHANGE_MS = 60 * 60_000;
const MOST_REDIRECTS = 10;

/** One request as it is to go out. `X-Request-Id` is added to it. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A request whose body comes as it is made; its size need not be known. */
export type StreamCall = Omit<Call, 'body'> & { readonly body?: AsyncIterable<Uint8Array> };

/** A response of which only the head is there. Either `body` or `read` is used, once, to the end or until it is let go. */
export interface Streamed {
  readonly kind: 'streamed';
  readonly status: number;
  /** Throws when the connection breaks. */
  readonly body: AsyncIterable<Uint8Array>;
  read(): Promise<Answered>;
}

/** What an exchange works with. `onTlsTrouble` hears of a TLS file that can't be read. */
export interface ExchangeTools {
  readonly clock: Clock;
  readonly random: Random;
  onTlsTrouble?(file: string, cause: string): void;
}

/**
 * Sends requests over HTTP/1.1 connections that are kept alive, and reads the answers. A redirect is followed where the request stays
 * the same and with the same server.
 *
 * Gotcha: a request that dies on a reused connection before a byte of an answer goes out once more, on a new connection; it does so
 * every time that a server closes an idle connection just as we use it, and says nothing about the server's health.
 */
export class HttpExchange implements AsyncDisposable {
  readonly #connections: Connections;
  readonly #sockets = new SocketUses();
  readonly #tools: ExchangeTools;
  #serverChain: string | undefined;

  constructor(settings: ConnectionSettings, tools: ExchangeTools) {
    this.#connections = new Connections(settings, (file, cause) => tools.onTlsTrouble?.(file, cause));
    this.#tools = tools;
  }

  /** The TLS files in use. */
  get material(): TlsMaterial {
    return this.#connections.material;
  }

  /** The verified certificates of the server that answered last over TLS, as PEM. */
  get serverChain(): string | undefined {
    return this.#serverChain;
  }

  /** Sends, and sends again where a redirect may be followed. Throws only the reason of the signal. */
  async send(call: Call, signal: AbortSignal): Promise<Answer> {
    let answer = await this.#sendOnce(call, signal);
    let url = call.url;
    for (let turn = 0; turn < MOST_REDIRECTS; turn++) {
      const next = redirectOf(answer, url);
      if (next === undefined) break;
      url = next;
      answer = await this.#sendOnce({ ...call, url }, signal);
    }
    return answer;
  }

  /** Sends once, on a connection of its own, and follows no redirect. How long it may take is the signal's business, which throws. */
  async stream(call: StreamCall, signal: AbortSignal): Promise<Streamed | { readonly kind: 'unanswered'; readonly cause: string }> {
    signal.throwIfAborted();
    const { fresh } = await this.#connections.current();
    const requestId = this.#tools.random.hex(16);
    try {
      const response = await orAborted(fresh.request({ ...optionsOf(call, requestId), signal }), signal);
      return { kind: 'streamed', status: response.statusCode, body: bytesOf(response.body), read: () => readAnswer(response, requestId) };
    } catch (error) {
      signal.throwIfAborted();
      return { kind: 'unanswered', cause: noAnswer(error) };
    }
  }

  /** Cuts every connection; requests in flight come to nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#sockets[Symbol.dispose]();
    await this.#connections[Symbol.asyncDispose]();
  }

  async #sendOnce(call: Call, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    const { kept, fresh } = await this.#connections.current();
    const answer = await this.#trySending(kept, call, signal);
    if (answer.kind !== 'dead socket') return answer;
    const second = await this.#trySending(fresh, call, signal);
    return second.kind === 'dead socket' ? { kind: 'unanswered', cause: noAnswer(new Error('connection lost')) } : second;
  }

  async #trySending(through: Dispatcher, call: Call, signal: AbortSignal): Promise<Answer | { readonly kind: 'dead socket' }> {
    signal.throwIfAborted();
    const requestId = this.#tools.random.hex(16);
    using _watched = this.#sockets.watch(requestId);
    using cut = cutter(this.#tools.clock, signal);
    try {
      const response = await orAborted(through.request({ ...optionsOf(call, requestId), signal: cut.signal }), cut.signal);
      this.#serverChain = this.#sockets.chainBehind(requestId) ?? this.#serverChain;
      return await readAnswer(response, requestId);
    } catch (error) {
      signal.throwIfAborted();
      if (this.#sockets.diedUnanswered(requestId, error)) return { kind: 'dead socket' };
      return { kind: 'unanswered', cause: noAnswer(error) };
    }
  }
}

async function* bytesOf(body: AsyncIterable<unknown>): AsyncIterable<Uint8Array> {
  for await (const piece of body) if (piece instanceof Uint8Array) yield piece;
}

function optionsOf({ method, url, headers, body }: Call | StreamCall, requestId: string): Dispatcher.RequestOptions {
  const { origin, pathname, search } = new URL(url);
  const all = { ...headers, 'X-Request-Id': requestId };
  return {
    origin,
    path: pathname + search,
    method,
    headers: all,
    ...(body !== undefined && { body: typeof body === 'string' || body instanceof Uint8Array ? body : Readable.from(body) }),
  };
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
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.finally(() => signal.removeEventListener('abort', onAbort)).then(resolve, reject);
  });
}

function noAnswer(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const text = inner instanceof Error ? inner.message : String(inner);
  const code = inner instanceof Error && 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
  return `no answer from GitLab: ${text}${code && !text.includes(code) ? ` (${code})` : ''}`;
}
