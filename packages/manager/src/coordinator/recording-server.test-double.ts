import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it arrived. `connection` counts the connections from 1. */
export interface RecordedCall {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly connection: number;
}

/** What to answer. `cut`: drop the connection without a word, after half a status line, or in the middle of the body. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly cut?: 'before' | 'status line' | 'body';
  /** Waits for this before it answers. */
  readonly after?: Promise<void>;
}

/** What a server shows, in PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

/** An HTTP server on loopback that writes down what it is asked and answers from a list; the last entry is used again and again, and may be
 * a function of the call. */
export class RecordingServer implements AsyncDisposable {
  readonly calls: RecordedCall[] = [];
  readonly #server: Server;
  readonly #scheme: 'http' | 'https';
  readonly #sockets = new Map<Socket, number>();
  #replies: readonly (Reply | ((call: RecordedCall) => Reply))[];
  #waiting: { readonly count: number; readonly wake: () => void }[] = [];

  private constructor(replies: readonly (Reply | ((call: RecordedCall) => Reply))[], certificate?: ServerCertificate) {
    this.#replies = replies;
    this.#scheme = certificate ? 'https' : 'http';
    const serve = (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response);
    this.#server = certificate ? createTlsServer(certificate, serve) : createServer(serve);
    this.#server.on('connection', (socket) => {
      this.#sockets.set(socket, this.#sockets.size + 1);
    });
  }

  static async open(...replies: readonly (Reply | ((call: RecordedCall) => Reply))[]): Promise<RecordingServer> {
    return new RecordingServer(replies).#listening();
  }

  /** The same behind TLS. */
  static async openTls(certificate: ServerCertificate, ...replies: readonly Reply[]): Promise<RecordingServer> {
    return new RecordingServer(replies, certificate).#listening();
  }

  get url(): string {
    const address = this.#server.address();
    return `${this.#scheme}://127.0.0.1:${isInternet(address) ? address.port : 0}`;
  }

  /** The JSON body of the call with this index, -1 for the last. */
  json(index: number): Record<string, unknown> {
    return JSON.parse(this.calls.at(index)?.body.toString() ?? 'null');
  }

  /** Resolves once so many calls have come in. */
  received(count: number): Promise<void> {
    if (this.calls.length >= count) return Promise.resolve();
    return new Promise((wake) => this.#waiting.push({ count, wake }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #listening(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const { method = '', url = '', headers, socket } = request;
    const call = { method, url, headers, body: Buffer.concat(parts), connection: this.#sockets.get(socket) ?? 0 };
    this.calls.push(call);
    const entry = this.#replies[Math.min(this.calls.length, this.#replies.length) - 1] ?? {};
    const reply = typeof entry === 'function' ? entry(call) : entry;
    for (const { count, wake } of this.#waiting) if (this.calls.length >= count) wake();
    await reply.after;
    answer(reply, response);
  }
}

function answer(reply: Reply, response: ServerResponse): void {
  const { status = 200, headers = {}, body = '', cut } = reply;
  switch (cut) {
    case 'before':
      response.socket?.destroy();
      return;
    case 'status line':
      response.socket?.end('HTTP/1.1 2');
      return;
    case 'body':
      response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body) + 1000) });
      response.write(body, () => response.socket?.destroy());
      return;
    case undefined:
      response.writeHead(status, headers).end(body);
  }
}

function isInternet(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
