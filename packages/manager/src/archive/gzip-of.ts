import { posix } from 'node:path';
import { crc32, createDeflateRaw } from 'node:zlib';
import type { ArchiveEntry, FileEntry } from './archive-entry.ts';
import { littleEndian } from './little-endian.ts';
import { through } from './through.ts';

const UNIX = 3;
const HAS_NAME = 0x08;

/** One gzip member for each file, one after the other, named by the last part of its path; whatever is no file is left out. */
export async function* gzipOf(entries: AsyncIterable<ArchiveEntry>, { level }: { readonly level: number }): AsyncIterable<Uint8Array> {
  for await (const entry of entries) if (entry.kind === 'file') yield* member(entry, level);
}

async function* member(entry: FileEntry, level: number): AsyncIterable<Uint8Array> {
  let crc = 0;
  let size = 0;
  async function* measured() {
    for await (const bytes of entry.content) {
      crc = crc32(bytes, crc);
      size += bytes.length;
      yield bytes;
    }
  }
  const seconds = Math.max(Math.floor(entry.modifiedMs / 1000), 0) % 0x1_0000_0000;
  yield Buffer.concat([littleEndian([2, 0x8b1f], [1, 8], [1, HAS_NAME], [4, seconds], [1, 0], [1, UNIX]), nameOf(entry)]);
  yield* through(measured(), createDeflateRaw({ level }));
  yield littleEndian([4, crc], [4, size % 0x1_0000_0000]);
}

/** Ends with a zero byte. Source: RFC 1952, 2.3.1, where names are Latin-1; UTF-8 is what everybody writes. */
function nameOf({ path }: FileEntry): Buffer {
  return Buffer.from(`${posix.basename(path)}\0`);
}
