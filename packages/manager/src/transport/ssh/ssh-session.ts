import type { Client, ClientChannel } from 'ssh2';
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
    let channel: ClientChannel;
    try {
      channel = await this.#openChannel(request.command);
    } catch (error) {
      signal.throwIfAborted();
      return { kind: 'lost', cause: `${this.#cause}: ${error instanceof Error ? error.message : error}` };
    }
    const end = await new ChannelRun(channel, request).ended(signal);
    return end.kind === 'lost' ? { kind: 'lost', cause: `${end.cause} (${this.#cause})` } : end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cause = 'we closed the connection';
    this.#client.end();
    this.#client.destroy();
    await this.lost;
  }

  #openChannel(command: string): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      this.#client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel)));
    });
  }
}
