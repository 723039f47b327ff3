import { gzipOf } from '../../archive/gzip-of.ts';
import { tarEntries } from '../../archive/tar-entries.ts';
import { zipOf } from '../../archive/zip-of.ts';
import type { ArchiveEntry } from '../../archive/archive-entry.ts';
import { type ArtifactFormat, formatOf, SUFFIX } from '../../shell/artifacts/artifact-name.ts';
import { TOO_LARGE } from '../../shell/artifacts/sentences.ts';
import { quote } from '../../shell/quoting.ts';
import type { RelayAsk } from './relay-ask.ts';
import { carried, notCarried, type RelayOutcome } from './relay-outcome.ts';
import type { RelayRoom } from './relay-room.ts';
import { tryUpload } from './tries.ts';
import { bytesFrom, WorkerCommandFailed } from './worker-bytes.ts';

/** Names on one command line; more of them make another tar, and the tars are one after the other. */
const NAMES_AT_ONCE = 500;

/**
 * Carries one artifact: `tar` in the worker, packed here as it comes, and sent on as it is packed. Nothing is kept, so every try begins
 * anew; the same files make the same archive.
 */
export async function relayUpload(room: RelayRoom, ask: RelayAsk, signal: AbortSignal): Promise<RelayOutcome> {
  const artifact = room.artifacts[ask.entry];
  const format = artifact && formatOf(artifact.artifact_format);
  if (!artifact || !format) return notCarried(`the job has no artifact ${ask.entry}`);
  const heading = `Uploading artifacts as "${artifact.artifact_type || 'archive'}" to coordinator...`;
  const { artifact_format = '', artifact_type = '', expire_in } = artifact;
  const options = { artifact_format, artifact_type, ...(expire_in && { expire_in }) };
  let bytes = 0;
  const tryOnce = (origin: string | undefined) => {
    bytes = 0;
    const content = counted(packed(room, format, signal), (length) => {
      bytes += length;
    });
    const filename = `${ask.name}${SUFFIX[format]}`;
    return room.exchange.upload(room.job, { options, filename, content, ...(origin !== undefined && { origin }) }, signal);
  };
  try {
    const end = await tryUpload(tryOnce, { clock: room.clock, signal, mayBeThere: ask.isAgain });
    if (end.isDone) return carried(`${heading} 201 Created`, bytes);
    return notCarried(`${heading} ${end.cause}`, ...(end.status === 413 ? [TOO_LARGE] : []));
  } catch (error) {
    if (error instanceof WorkerCommandFailed) return notCarried(`the files could not be packed: ${error.message}`);
    throw error;
  }
}

function packed(room: RelayRoom, format: ArtifactFormat, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const { projectDir, list } = room.place;
  const inProject = `cd ${quote(projectDir)} || exit`;
  const tar = `${inProject}\ntr '\\n' '\\0' <${quote(list)} | xargs -0 -n ${NAMES_AT_ONCE} tar -c --no-recursion -f -`;
  const entries = tarEntries(bytesFrom(room.link, tar, signal), ({ path }) =>
    bytesFrom(room.link, `${inProject}\ncat ${quote(`./${path}`)}`, signal),
  );
  switch (format) {
    case 'zip':
      return zipOf(entries, room);
    case 'gzip':
      return gzipOf(entries, room);
    case 'raw':
      return rawOf(entries);
  }
}

/** The stage has looked that it is one file. */
async function* rawOf(entries: AsyncIterable<ArchiveEntry>): AsyncIterable<Uint8Array> {
  for await (const entry of entries) if (entry.kind === 'file') yield* entry.content;
}

async function* counted(bytes: AsyncIterable<Uint8Array>, count: (length: number) => void): AsyncIterable<Uint8Array> {
  for await (const piece of bytes) {
    count(piece.length);
    yield piece;
  }
}
