import { crc32, createDeflateRaw } from 'node:zlib';
import type { ArchiveEntry, FileEntry } from './archive-entry.ts';
import { endOfZip } from './end-of-zip.ts';
import { inPieces } from './in-pieces.ts';
import { through } from './through.ts';
import { ZipHeader } from './zip-header.ts';

/**
 * A zip of the entries, as a stream: nothing of it is kept but one header for each entry. The same entries make the same bytes. Unix modes,
 * links and names with anything in them are kept, which is why it is no library's: those that stream turn backslashes in names into
 * slashes. `level`: of zlib, 0 to 9.
 */
export function zipOf(entries: AsyncIterable<ArchiveEntry>, how: { readonly level: number }): AsyncIterable<Uint8Array> {
  return inPieces(zipBytes(entries, how));
}

async function* zipBytes(entries: AsyncIterable<ArchiveEntry>, { level }: { readonly level: number }): AsyncIterable<Uint8Array> {
  const directory: Buffer[] = [];
  let offset = 0;
  for await (const entry of entries) {
    const header = new ZipHeader(entry, offset);
    for await (const bytes of entryBytes(entry, header, level)) {
      offset += bytes.length;
      yield bytes;
    }
    directory.push(header.central());
  }
  yield* directory;
  yield endOfZip({ count: directory.length, at: offset, size: directory.reduce((sum, { length }) => sum + length, 0) });
}

async function* entryBytes(entry: ArchiveEntry, header: ZipHeader, level: number): AsyncIterable<Uint8Array> {
  if (entry.kind === 'file') {
    yield header.local();
    yield* deflated(entry, header, level);
    yield header.descriptor();
    return;
  }
  const content = entry.kind === 'symlink' ? Buffer.from(entry.target) : Buffer.alloc(0);
  header.take({ crc: crc32(content), size: content.length, packed: content.length });
  yield header.local();
  yield content;
}

async function* deflated(entry: FileEntry, header: ZipHeader, level: number): AsyncIterable<Uint8Array> {
  let crc = 0;
  let size = 0;
  let packed = 0;
  async function* measured() {
    for await (const bytes of entry.content) {
      crc = crc32(bytes, crc);
      size += bytes.length;
      yield bytes;
    }
  }
  for await (const bytes of through(measured(), createDeflateRaw({ level }))) {
    packed += bytes.length;
    yield bytes;
  }
  header.take({ crc, size, packed });
}
