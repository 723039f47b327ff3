import { tarOf } from '../../archive/tar-of.ts';
import { UnsafeArchive } from '../../archive/unsafe-archive.ts';
import { zipEntries } from '../../archive/zip-entries.ts';
import { NOT_THERE } from '../../shell/artifacts/sentences.ts';
import { quote } from '../../shell/quoting.ts';
import type { RelayAsk } from './relay-ask.ts';
import { carried, notCarried, type RelayOutcome } from './relay-outcome.ts';
import type { RelayRoom } from './relay-room.ts';
import { SpoolFull } from '../../archive/spool.ts';
import { tryDownload } from './tries.ts';
import { bytesInto, WorkerCommandFailed, wholeFile } from './worker-bytes.ts';

const HEADING = 'Downloading artifacts from coordinator...';

/**
 * Carries the archive of an earlier job into the worker: as it is, where the worker can unpack it, as it comes. Elsewhere it is unpacked
 * here, for which it must be whole on disk first: a zip says at its end what is in it, and what stands before can lie.
 */
export async function relayDownload(room: RelayRoom, ask: RelayAsk, signal: AbortSignal): Promise<RelayOutcome> {
  const dependency = room.dependencies[ask.entry];
  if (!dependency) return notCarried(`the job has no dependency ${ask.entry}`);
  let bytes = 0;
  const take = async (content: AsyncIterable<Uint8Array>) => {
    bytes = 0;
    const counted = async function* () {
      for await (const piece of content) {
        bytes += piece.length;
        yield piece;
      }
    };
    await (room.canUnzip ? bringZip(room, counted(), signal) : bringTar(room, counted(), signal));
  };
  try {
    const tryOnce = (isDirect: boolean) => room.exchange.download(dependency, { isDirect, take }, signal);
    const end = await tryDownload(tryOnce, { clock: room.clock, signal });
    if (end.isDone) return carried(`${HEADING} ok 200 OK`, bytes);
    return notCarried(`${HEADING} ${end.cause}`, ...(end.status === 404 ? [NOT_THERE] : []));
  } catch (error) {
    if (error instanceof WorkerCommandFailed) return notCarried(`the archive could not be written in the worker: ${error.message}`);
    if (error instanceof UnsafeArchive) return notCarried(`the archive can't be unpacked: ${error.message}`);
    if (error instanceof SpoolFull) return notCarried(error.message);
    throw error;
  }
}

async function bringZip(room: RelayRoom, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  await bytesInto(room.link, { script: wholeFile(room.place.archive), input: content }, signal);
}

async function bringTar(room: RelayRoom, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const script = `cd ${quote(room.place.projectDir)} && tar -xpof -`;
  await room.spool.keep(content, async (path) => {
    await bytesInto(room.link, { script, input: tarOf(zipEntries(path)) }, signal);
  });
}
