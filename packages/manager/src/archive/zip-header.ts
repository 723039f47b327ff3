import type { ArchiveEntry } from './archive-entry.ts';
import { littleEndian } from './little-endian.ts';

/** What stands in place of a number that does not fit, and is found in the field for long numbers. Source: APPNOTE 6.3, 4.3 to 4.5. */
const IN_ZIP64 = 0xffff_ffff;
/** Above this a file's packed size may need more than 32 bits too, whatever packing adds. */
const LARGE_BYTES = 0xf000_0000;

const DEFLATED = 8;
const STORED = 0;
/** Names are UTF-8; sizes come after the content. */
const UTF8 = 0x0800;
const SIZES_LATER = 0x0008;
const MADE_ON_UNIX = (3 << 8) | 45;
const TYPES = { file: 0o100_000, directory: 0o040_000, symlink: 0o120_000 } as const;
const DOS_DIRECTORY = 0x10;

interface Measures {
  readonly crc: number;
  readonly size: number;
  readonly packed: number;
}

/** The headers of one entry of a zip. What `local` says of a file is told by `descriptor` afterwards; of others it is known before. */
export class ZipHeader {
  readonly #entry: ArchiveEntry;
  readonly #offset: number;
  readonly #name: Buffer;
  readonly #isLarge: boolean;
  #measures: Measures = { crc: 0, size: 0, packed: 0 };

  /** @param offset where the entry begins in the archive */
  constructor(entry: ArchiveEntry, offset: number) {
    this.#entry = entry;
    this.#offset = offset;
    this.#name = Buffer.from(entry.kind === 'directory' ? `${entry.path}/` : entry.path);
    this.#isLarge = entry.kind === 'file' && entry.size > LARGE_BYTES;
  }

  take(measures: Measures): void {
    this.#measures = measures;
  }

  local(): Buffer {
    const { crc, size, packed } = this.#measures;
    const sizes = this.#isLarge ? ([IN_ZIP64, IN_ZIP64] as const) : ([packed, size] as const);
    const long = this.#isLarge ? longNumbers([0, 0]) : Buffer.alloc(0);
    const extra = Buffer.concat([this.#time(), long]);
    const head = littleEndian([4, 0x0403_4b50], [2, 45], ...this.#common(), [4, crc], [4, sizes[0]], [4, sizes[1]]);
    return Buffer.concat([head, littleEndian([2, this.#name.length], [2, extra.length]), this.#name, extra]);
  }

  descriptor(): Buffer {
    const { crc, size, packed } = this.#measures;
    const width = this.#isLarge ? 8 : 4;
    return littleEndian([4, 0x0807_4b50], [4, crc], [width, packed], [width, size]);
  }

  central(): Buffer {
    const { crc, size, packed } = this.#measures;
    const far = this.#offset >= IN_ZIP64;
    const long = [...(this.#isLarge ? [size, packed] : []), ...(far ? [this.#offset] : [])];
    const extra = Buffer.concat([this.#time(), long.length > 0 ? longNumbers(long) : Buffer.alloc(0)]);
    return Buffer.concat([
      littleEndian([4, 0x0201_4b50], [2, MADE_ON_UNIX], [2, 45], ...this.#common(), [4, crc]),
      littleEndian([4, this.#isLarge ? IN_ZIP64 : packed], [4, this.#isLarge ? IN_ZIP64 : size]),
      littleEndian([2, this.#name.length], [2, extra.length], [2, 0], [2, 0], [2, 0]),
      littleEndian([4, this.#attributes()], [4, far ? IN_ZIP64 : this.#offset]),
      this.#name,
      extra,
    ]);
  }

  /** Flags, method, time and date. */
  #common() {
    const { kind, modifiedMs } = this.#entry;
    const [time, date] = dosTime(new Date(modifiedMs));
    const isFile = kind === 'file';
    return [
      [2, UTF8 | (isFile ? SIZES_LATER : 0)] as const,
      [2, isFile ? DEFLATED : STORED] as const,
      [2, time] as const,
      [2, date] as const,
    ];
  }

  /** The field with the time in seconds since the epoch. */
  #time(): Buffer {
    const seconds = Math.min(Math.max(Math.floor(this.#entry.modifiedMs / 1000), 0), 0xffff_ffff);
    return littleEndian([2, 0x5455], [2, 5], [1, 1], [4, seconds]);
  }

  #attributes(): number {
    const { kind, mode } = this.#entry;
    return (TYPES[kind] | (mode & 0o7777)) * 0x1_0000 + (kind === 'directory' ? DOS_DIRECTORY : 0);
  }
}

function longNumbers(numbers: readonly number[]): Buffer {
  return littleEndian([2, 0x0001], [2, numbers.length * 8], ...numbers.map((number) => [8, number] as const));
}

/** In UTC: the zone of a reader is not known. Times before 1980 can't be said. */
function dosTime(at: Date): readonly [time: number, date: number] {
  const year = at.getUTCFullYear();
  if (!(year >= 1980 && year <= 2107)) return [0, 0x21];
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  return [time, ((year - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate()];
}
