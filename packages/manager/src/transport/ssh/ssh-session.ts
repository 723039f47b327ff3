import type { Client } from 'ssh2';
import type { ExecEnd, ExecRequest, Session } from '../transport.ts';
import { ChannelRun } from './channel-run.ts';

/**
 * One SSH connection.
 *
 * Life: connected -> lost, once, whoever ends it. Gotchas: the library tells a channel that its connection is gone by closing it without
 * an exit status; commands that wait for their channel are told by an error.
 */
export class SshSession implements Session {
  readonly lost: Promise<string>;
  readonly #client: Client;
  #cause = 'the connection was closed';

  /** @param client connected and authenticated */
  constructor(client: Client) {
    this.#client = client;
    client.on('error', (error) => {
      this.#cause = error.message;
    });
    this.lost = new Promise((resolve) => {
      client.once('close', () => resolve(this.#cause));
    });
  }

  async exec(request: ExecRequest, signal: AbortSignal): Promise<ExecEnd> {
    signal.throwIfAborted();
    const run = await untilAborted(this.#start(request), signal);
    if (run instanceof Error) return { kind: 'lost', cause: `${run.message} (${this.#cause})` };
    const end = await run.ended(signal);
    return end.kind === 'lost' ? { kind: 'lost', cause: `${end.cause} (${this.#cause})` } : end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cause = 'we closed the connection';
    this.#client.end();
    this.#client.destroy();
    await this.lost;
  }

  /** The run is made in the callback itself: what the command says at once comes in the very next event. */
  #start(request: ExecRequest): Promise<ChannelRun | Error> {
    return new Promise((resolve) => {
      try {
        this.#client.exec(request.command, (error, channel) => resolve(error ?? new ChannelRun(channel, request)));
      } catch (error) {
        resolve(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }
}

/** What comes of `starting`, unless the signal aborts first: then the run is given up as soon as it is there. */
function untilAborted(starting: Promise<ChannelRun | Error>, signal: AbortSignal): Promise<ChannelRun | Error> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(signal.reason);
      void starting.then((run) => (run instanceof Error ? undefined : run.giveUp()));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    void starting.then((run) => {
      signal.removeEventListener('abort', onAbort);
      resolve(run);
    });
  });
}
