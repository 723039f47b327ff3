import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { type SecureContextOptions, TLSSocket, type TlsOptions } from 'node:tls';
import { getRequestListener } from '@hono/node-server';
import type { Outage } from './control/outage.ts';
import type { TlsFiles } from './coordinator/settings.ts';

interface App {
  fetch(request: Request, bindings: object): Response | Promise<Response>;
}

/** Where to listen; port 0 lets the system choose. With `tls`, the address speaks HTTPS. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsFiles | undefined;
}

/**
 * One address that an app is served at, and that can be taken away and brought back at the same port.
 *
 * Life: up -> down (refusing or dropping) -> up … -> closed.
 */
export class Listener implements Outage {
  readonly #server: Server | TlsServer;
  readonly #host: string;
  readonly #scheme: 'http' | 'https';
  #port: number;
  #isDropping = false;

  private constructor(server: Server | TlsServer, { host, port, tls }: Place) {
    this.#server = server;
    this.#host = host;
    this.#port = port;
    this.#scheme = tls ? 'https' : 'http';
    server.on('connection', (socket: Socket) => {
      if (this.#isDropping) socket.destroy();
    });
  }

  /** Serves `app` at a place. */
  static async open(app: App, place: Place): Promise<Listener> {
    // Node reads the rest of a body that nobody wants, however slowly it comes. The adapter would cut the connection after 500 ms, and with
    // it the answer that a busy client has not read yet.
    const answer = getRequestListener((request, bindings) => app.fetch(request, bindings), { autoCleanupIncoming: false });
    const server = place.tls ? createTlsServer(await certificates(place.tls), toKnownClients(answer)) : createServer(answer);
    const listener = new Listener(server, place);
    await listener.up();
    return listener;
  }

  get port(): number {
    return this.#port;
  }

  /** Without a slash at the end. */
  get url(): string {
    return `${this.#scheme}://${this.#host}:${this.#port}`;
  }

  async down(how: 'refuse' | 'drop'): Promise<void> {
    if (how === 'refuse') await this.close();
    else this.#isDropping = true;
    this.#server.closeAllConnections();
  }

  async up(): Promise<void> {
    this.#isDropping = false;
    if (this.#server.listening) return;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, this.#host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const address = this.#server.address();
    if (typeof address === 'object' && address) this.#port = address.port;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

async function certificates({ certFile, keyFile, clientCaFile }: TlsFiles): Promise<SecureContextOptions & TlsOptions> {
  const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
  if (clientCaFile === undefined) return { cert, key };
  return { cert, key, ca: await readFile(clientCaFile), requestCert: true, rejectUnauthorized: false };
}

/**
 * Answers a client without a good certificate as the nginx before GitLab does with `ssl_verify_client on`: the handshake
 * succeeds, and whatever is asked for gets a 400 with one of two texts (nginx, `ngx_http_special_response.c`).
 */
function toKnownClients(answer: RequestListener): RequestListener {
  return (request, response) => {
    const refusal = whyRefused(request.socket);
    if (refusal === undefined) return answer(request, response);
    response.writeHead(400, { 'Content-Type': 'text/html', Connection: 'close' });
    response.end(`<html>\n<head><title>400 ${refusal}</title></head>\n</html>\n`);
    request.resume();
  };
}

function whyRefused(socket: Socket): string | undefined {
  // A server that asks for no certificate leaves no error either.
  if (!(socket instanceof TLSSocket) || socket.authorized || !socket.authorizationError) return undefined;
  const isShown = Object.keys(socket.getPeerCertificate()).length > 0;
  return isShown ? 'The SSL certificate error' : 'No required SSL certificate was sent';
}
