import type { ArchiveEntry } from './archive-entry.ts';
import { inPieces } from './in-pieces.ts';

const BLOCK = 512;
const NAME_BYTES = 100;
const TYPES = { file: '0', directory: '5', symlink: '2' } as const;

/**
 * A tar of the entries, as a stream. Long names are written as GNU has it: busybox reads nothing else, and cuts names short without a
 * word, which is why it is no library's. Throws when a file's content has another size than was said.
 */
export function tarOf(entries: AsyncIterable<ArchiveEntry>): AsyncIterable<Uint8Array> {
  return inPieces(tarBytes(entries));
}

async function* tarBytes(entries: AsyncIterable<ArchiveEntry>): AsyncIterable<Uint8Array> {
  for await (const entry of entries) {
    yield headerOf(entry);
    if (entry.kind !== 'file') continue;
    let left = entry.size;
    for await (const bytes of entry.content) {
      left -= bytes.length;
      yield bytes;
    }
    if (left !== 0) throw new Error(`${entry.path} has another size than was said`);
    yield padding(entry.size);
  }
  yield Buffer.alloc(2 * BLOCK);
}

function headerOf(entry: ArchiveEntry): Buffer {
  const name = Buffer.from(entry.kind === 'directory' ? `${entry.path}/` : entry.path);
  const target = Buffer.from(entry.kind === 'symlink' ? entry.target : '');
  const block = headerBlock({
    name,
    target,
    type: TYPES[entry.kind],
    mode: entry.mode,
    size: entry.kind === 'file' ? entry.size : 0,
    seconds: Math.max(0, Math.floor(entry.modifiedMs / 1000)),
  });
  return Buffer.concat([longText('L', name), longText('K', target), block]);
}

/** The entry in front of another that has a name or target too long for a header. */
function longText(type: 'L' | 'K', text: Buffer): Buffer {
  if (text.length < NAME_BYTES) return Buffer.alloc(0);
  const size = text.length + 1;
  const header = headerBlock({ name: Buffer.from('././@LongLink'), target: Buffer.alloc(0), type, mode: 0, size, seconds: 0 });
  return Buffer.concat([header, text, Buffer.alloc(1), padding(size)]);
}

interface HeaderFields {
  readonly name: Buffer;
  readonly target: Buffer;
  readonly type: string;
  readonly mode: number;
  readonly size: number;
  readonly seconds: number;
}

function headerBlock({ name, target, type, mode, size, seconds }: HeaderFields): Buffer {
  const block = Buffer.alloc(BLOCK);
  name.copy(block, 0, 0, NAME_BYTES - 1);
  block.write(octal(mode, 7), 100, 'latin1');
  block.write(octal(0, 7), 108, 'latin1');
  block.write(octal(0, 7), 116, 'latin1');
  writeNumber(block, 124, size);
  writeNumber(block, 136, seconds);
  block.fill(' ', 148, 156);
  block.write(type, 156, 'latin1');
  target.copy(block, 157, 0, NAME_BYTES - 1);
  block.write('ustar  \0', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148, 'latin1');
  return block;
}

/** Twelve bytes: octal, or base 256 where that does not do. */
function writeNumber(block: Buffer, at: number, value: number): void {
  if (value < 8 ** 11) {
    block.write(octal(value, 11), at, 'latin1');
    return;
  }
  block.writeBigUInt64BE(BigInt(value), at + 4);
  block[at] = 0x80;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}
