import type { Readable } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import type { ExecEnd, ExecRequest } from '../transport.ts';

/**
 * One command on one channel. Gotcha: it must be made before control goes back to the event loop, or it misses what the command said
 * first.
 */
export class ChannelRun {
  readonly #channel: ClientChannel;
  readonly #over: Promise<unknown>;
  /** Whoever asked was told that it failed, and must hear no more. */
  #isGivenUp = false;
  /** Aborts when nobody reads stdin any more. */
  readonly #unread = new AbortController();
  #end: ExecEnd = { kind: 'lost', cause: 'the command ended without an exit status' };

  /** Sends stdin and begins to read. */
  constructor(channel: ClientChannel, request: ExecRequest) {
    this.#channel = channel;
    channel.on('exit', (code: number | null, name?: string) => {
      this.#end = code === null ? { kind: 'signaled', signal: name ?? 'an unknown signal' } : { kind: 'exited', code };
    });
    channel.on('error', () => undefined);
    channel.once('close', () => this.#unread.abort());
    const closed = new Promise((resolve) => channel.once('close', resolve));
    const stdout = drain(channel, (bytes) => (this.#isGivenUp ? undefined : request.onStdout?.(bytes)));
    const stderr = drain(channel.stderr, (bytes) => (this.#isGivenUp ? undefined : request.onStderr?.(bytes)));
    this.#over = Promise.all([closed, stdout, stderr, feed(channel, request.stdin, this.#unread.signal)]);
    this.#over.catch(() => undefined);
  }

  /** Resolves when the channel is closed and all output was taken; rejects when a callback does, or with the signal's reason. */
  ended(signal: AbortSignal): Promise<ExecEnd> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => {
        signal.removeEventListener('abort', onAbort);
        this.giveUp();
        reject(error);
      };
      const onAbort = () => fail(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#over.then(() => {
        signal.removeEventListener('abort', onAbort);
        resolve(this.#end);
      }, fail);
      if (signal.aborted) onAbort();
    });
  }

  /** Closes the channel, lets go of what was to be sent and makes no more callbacks. What the command started goes on. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#unread.abort();
    this.#channel.close();
  }
}

/**
 * Sends stdin and its end. Resolves when that is done, or as soon as nobody reads it any more, whatever its source is about. Gotcha: a
 * channel whose connection died stays writable and keeps all that is written.
 */
async function feed(channel: ClientChannel, stdin: ExecRequest['stdin'], unread: AbortSignal): Promise<void> {
  if (stdin === 'open') return;
  if (stdin === undefined || stdin instanceof Uint8Array) {
    channel.end(stdin ?? new Uint8Array());
    return;
  }
  const source = stdin[Symbol.asyncIterator]();
  while (!unread.aborted) {
    const piece = await unlessAborted(source.next(), unread);
    if (!piece || !channel.writable) break;
    if (piece.done) {
      channel.end();
      return;
    }
    if (!channel.write(piece.value)) await unlessAborted(new Promise((resolve) => channel.once('drain', resolve)), unread);
  }
  // Not waited for: it may be stuck, and what it still says is of no use.
  source.return?.().catch(() => undefined);
}

/** What the work comes to; undefined as soon as the signal aborts. It leaves nothing behind on the signal, which may see very many. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    work.finally(() => signal.removeEventListener('abort', onAbort)).then(resolve, reject);
    if (signal.aborted) onAbort();
  });
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
