import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { chainOf } from './server-chain.ts';

/** undici tells on this channel which socket a request goes out on. Source: undici, diagnostics channel. */
const SENT = 'undici:client:sendHeaders';
const DEAD_SOCKET: readonly unknown[] = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

interface Sending {
  readonly socket: Socket;
  readonly isReused: boolean;
  readonly bytesReadBefore: number;
  /** Looked at now: a socket that is closed has forgotten it. */
  readonly chain: string | undefined;
}

/**
 * Knows on which socket each watched request went out, and whether that socket had served another one before. A kept-alive
 * connection may be closed by the other side at the very moment we write on it; such a request was never looked at and may go
 * out again. Requests are told apart by their `X-Request-Id`.
 */
export class SocketUses implements Disposable {
  readonly #seen = new WeakSet<Socket>();
  readonly #watched = new Map<string, Sending | undefined>();
  readonly #listen = (message: unknown) => this.#note(message);

  constructor() {
    subscribe(SENT, this.#listen);
  }

  /** Watches one request until it is disposed. */
  watch(requestId: string): Disposable {
    this.#watched.set(requestId, undefined);
    return { [Symbol.dispose]: () => this.#watched.delete(requestId) };
  }

  /** The verified certificates of the server, as PEM, when the watched request was the first one on a TLS connection. */
  chainBehind(requestId: string): string | undefined {
    return this.#watched.get(requestId)?.chain;
  }

  /** Whether `error` means that the watched request died on a reused socket before a byte of an answer had come. */
  diedUnanswered(requestId: string, error: unknown): boolean {
    const sending = this.#watched.get(requestId);
    if (!sending?.isReused || !isDeadSocket(error)) return false;
    const { socket, bytesReadBefore } = sending;
    // Closing a TLS connection is itself a message, so its bytes say nothing.
    return socket instanceof TLSSocket || socket.bytesRead === bytesReadBefore;
  }

  [Symbol.dispose](): void {
    unsubscribe(SENT, this.#listen);
  }

  #note(message: unknown): void {
    if (typeof message !== 'object' || message === null || !('socket' in message) || !('headers' in message)) return;
    const { socket, headers } = message;
    if (!(socket instanceof Socket)) return;
    const isReused = this.#seen.has(socket);
    this.#seen.add(socket);
    const requestId = /^x-request-id: ([0-9a-f]{32})\r$/im.exec(String(headers))?.[1] ?? '';
    if (!this.#watched.has(requestId)) return;
    const chain = socket instanceof TLSSocket && !isReused ? chainOf(socket) : undefined;
    this.#watched.set(requestId, { socket, isReused, bytesReadBefore: socket.bytesRead, chain });
  }
}

function isDeadSocket(error: unknown): boolean {
  return error instanceof Error && 'code' in error && DEAD_SOCKET.includes(error.code);
}
