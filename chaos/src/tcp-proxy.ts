import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { systemClock } from '@fargate-gitlab-runner/kernel';

/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Passes connections on to one address, and can cut them, delay what they carry, or let nothing through. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target: Address | undefined;
  #isShut = false;
  #delayMs = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (client) => this.#accept(client));
  }

  /** @param at port 0: any free one */
  static async listen(at: Address, target?: Address): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const proxy = new TcpProxy(server);
    proxy.#target = target;
    server.listen(at.port, at.host);
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  set target(address: Address) {
    this.#target = address;
  }

  /** Each piece of data is passed on so much later; 0: at once. */
  set delayMs(ms: number) {
    this.#delayMs = ms;
  }

  /** Ends every connection there is, in the middle of whatever it carries. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** From now on every connection is ended as soon as it comes, until `open`. */
  shut(): void {
    this.#isShut = true;
    this.cut();
  }

  open(): void {
    this.#isShut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    if (this.#isShut || !this.#target) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        if (from.errored || !from.readableEnded) to.destroy();
      });
      this.#pass(from, to).catch(() => to.destroy());
    }
  }

  async #pass(from: Socket, to: Socket): Promise<void> {
    for await (const bytes of from) {
      if (this.#delayMs > 0) await systemClock.sleep(this.#delayMs);
      if (!to.write(bytes)) await once(to, 'drain');
    }
    to.end();
  }
}
