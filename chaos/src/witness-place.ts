import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Where jobs leave marks of what they did: a TCP port that takes one line a connection, `<job> <mark>`. It is no part of what is disturbed,
 * and marks can't be taken back: two of one kind mean that a step ran twice.
 */
export class WitnessPlace implements AsyncDisposable {
  readonly #server: Server;
  readonly #marks = new Map<string, string[]>();
  readonly #listeners: ((job: string, mark: string) => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<WitnessPlace> {
    const server = createServer();
    const place = new WitnessPlace(server);
    server.on('connection', (socket) => {
      const pieces: Buffer[] = [];
      socket.on('data', (bytes) => pieces.push(bytes));
      socket.on('error', () => undefined);
      socket.on('close', () => place.#take(Buffer.concat(pieces).toString('utf8')));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return place;
  }

  /** A line of bash that leaves a mark; `mark` is expanded by the shell. */
  line(mark: string): string {
    return `echo "$CI_JOB_NAME ${mark}" > /dev/tcp/127.0.0.1/${this.#port}`;
  }

  /** What a job did, in order. */
  marksOf(job: string): readonly string[] {
    return this.#marks.get(job) ?? [];
  }

  onMark(listener: (job: string, mark: string) => void): void {
    this.#listeners.push(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }

  get #port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  #take(text: string): void {
    const [, job, mark] = /^(\S+) (.+)\n$/.exec(text) ?? [];
    if (job === undefined || mark === undefined) return;
    this.#marks.set(job, [...this.marksOf(job), mark]);
    for (const listener of this.#listeners) listener(job, mark);
  }
}
