import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Outage } from './control/outage.ts';

interface App {
  fetch(request: Request, bindings: object): Response | Promise<Response>;
}

/**
 * One address that an app is served at, and that can be taken away and brought back at the same port.
 *
 * Life: up -> down (refusing or dropping) -> up … -> closed.
 */
export class Listener implements Outage {
  readonly #server: Server;
  readonly #host: string;
  #port: number;
  #isDropping = false;

  private constructor(server: Server, host: string, port: number) {
    this.#server = server;
    this.#host = host;
    this.#port = port;
    server.on('connection', (socket: Socket) => {
      if (this.#isDropping) socket.destroy();
    });
  }

  /** Serves `app`; port 0 lets the system choose. */
  static async open(app: App, { host, port }: { readonly host: string; readonly port: number }): Promise<Listener> {
    const listener = new Listener(createServer(getRequestListener((request, bindings) => app.fetch(request, bindings))), host, port);
    await listener.up();
    return listener;
  }

  get port(): number {
    return this.#port;
  }

  /** Without a slash at the end. */
  get url(): string {
    return `http://${this.#host}:${this.#port}`;
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
