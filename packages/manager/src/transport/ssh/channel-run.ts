import type { Readable } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import type { ExecEnd, ExecRequest } from '../transport.ts';

/** One command on one channel. */
export class ChannelRun {
  readonly #channel: ClientChannel;
  readonly #outputs: readonly Promise<void>[];
  #end: ExecEnd = { kind: 'lost', cause: 'the command ended without an exit status' };

  /** Sends stdin and begins to read. */
  constructor(channel: ClientChannel, request: ExecRequest) {
    this.#channel = channel;
    channel.on('exit', (code: number | null, name?: string) => {
      this.#end = code === null ? { kind: 'signaled', signal: name ?? 'an unknown signal' } : { kind: 'exited', code };
    });
    channel.on('error', () => undefined);
    this.#outputs = [drain(channel, (bytes) => request.onStdout?.(bytes)), drain(channel.stderr, (bytes) => request.onStderr?.(bytes))];
    if (request.stdin !== 'open') channel.end(request.stdin ?? new Uint8Array());
  }

  /** Resolves when the channel is closed and all output was taken; rejects when a callback does, or with the signal's reason. */
  ended(signal: AbortSignal): Promise<ExecEnd> {
    return new Promise((resolve, reject) => {
      const give = (settle: () => void) => {
        signal.removeEventListener('abort', onAbort);
        settle();
      };
      const fail = (error: unknown) => {
        this.#channel.close();
        give(() => reject(error));
      };
      const onAbort = () => fail(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      const closed = new Promise((done) => this.#channel.once('close', done));
      Promise.all([closed, ...this.#outputs]).then(() => give(() => resolve(this.#end)), fail);
      if (signal.aborted) onAbort();
    });
  }
}

/** Hands over what comes, and reads on when it was taken. Resolves at the end of the stream. */
function drain(stream: Readable, take: (bytes: Buffer) => void | Promise<void>): Promise<void> {
  let taken = Promise.resolve();
  return new Promise((resolve, reject) => {
    const onData = async (bytes: Buffer) => {
      const pending = take(bytes);
      if (pending === undefined) return;
      stream.pause();
      await pending;
      stream.resume();
    };
    stream.on('data', (bytes: Buffer) => {
      taken = onData(bytes);
      taken.catch(reject);
    });
    stream.once('end', () => taken.then(resolve, reject));
  });
}
