import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { quote } from '../../shell/quoting.ts';
import type { PipeEnd } from '../../transport/shim/shim.ts';
import type { WorkerLink } from '../worker/worker-link.ts';

/** The connection to the worker broke while bytes went over it. There is a new one: the same may be tried again. */
export class WorkerCut extends Error {}

/** A command in the worker failed; the message says how, for people. */
export class WorkerCommandFailed extends Error {}

/** Bytes that wait for whoever reads them. */
const ROOM_BYTES = 256 * 1024;

/** What a script in the worker prints, no faster than it is read. Throws `WorkerCut`, and `WorkerCommandFailed` when the script fails. */
export async function* bytesFrom(link: WorkerLink, script: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const stream = new PassThrough({ highWaterMark: ROOM_BYTES });
  const over = new AbortController();
  const onBytes = (bytes: Buffer) => (stream.write(bytes) ? undefined : hasRoom(stream, over.signal));
  const ended = run(link, { script, onBytes }, AbortSignal.any([signal, over.signal])).then(
    () => void stream.end(),
    (error) => void stream.destroy(error),
  );
  try {
    for await (const bytes of stream) if (bytes instanceof Uint8Array) yield bytes;
  } finally {
    over.abort(new Error('nobody reads on'));
    stream.destroy();
    await ended;
  }
}

/** Feeds a script in the worker; resolves with what it printed, of which there must be little. Throws as `bytesFrom` does, and what `input` throws. */
export async function bytesInto(
  link: WorkerLink,
  of: { readonly script: string; readonly input: AsyncIterable<Uint8Array> },
  signal: AbortSignal,
): Promise<string> {
  let printed = '';
  const onBytes = (bytes: Buffer) => {
    printed = `${printed}${bytes}`.slice(0, 4096);
  };
  await run(link, { ...of, onBytes }, signal);
  return printed;
}

/** A script that keeps what it is fed in a file; where that fails it leaves none, so that a full disk has room again. */
export function wholeFile(path: string): string {
  return `cat >${quote(path)} || { rm -f ${quote(path)}; exit 1; }`;
}

async function run(link: WorkerLink, script: Parameters<Parameters<Parameters<WorkerLink['once']>[0]>[0]['pipe']>[0], signal: AbortSignal) {
  const end = await link.once<PipeEnd>((shim) => shim.pipe(script, signal), signal);
  if (end === 'lost') throw new WorkerCut('the connection to the worker was lost');
  if (end.code !== 0 && !isHarmless(end)) throw new WorkerCommandFailed(`it ended with ${end.code}${end.words}`);
}

/** GNU tar fails when a file grows while it is read; what it has read of it is a file all the same. */
function isHarmless({ code, words }: PipeEnd): boolean {
  return (code === 1 || code === 123) && /changed as we read it/.test(words) && !/Cannot|rror/.test(words);
}

async function hasRoom(stream: PassThrough, over: AbortSignal): Promise<void> {
  await once(stream, 'drain', { signal: over }).catch(() => undefined);
}
