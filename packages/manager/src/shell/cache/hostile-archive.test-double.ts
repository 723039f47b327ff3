import { crc32 } from 'node:zlib';

/** One entry, whatever is said of it: nothing is checked. */
export interface HostileEntry {
  readonly name: string;
  /** As tar has it: `0` a file, `1` a hard link, `2` a link, `3` a device, `5` a folder, `6` a FIFO. `0` when absent. */
  readonly type?: string;
  readonly target?: string;
  readonly body?: string;
  readonly owner?: string;
}

const BLOCK = 512;

/** A tar (ustar) of these entries, in this order. */
export function hostileTar(entries: readonly HostileEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const body = Buffer.from(entry.body ?? '');
    const padded = Buffer.alloc(Math.ceil(body.length / BLOCK) * BLOCK);
    body.copy(padded);
    return [tarHeader(entry, body.length), padded];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function tarHeader({ name, type = '0', target = '', owner = 'root' }: HostileEntry, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`;
  header.write(name, 0, 100);
  header.write(octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(1_000_000_000, 12), 100);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write(target, 157, 100);
  header.write('ustar\x0000', 257, 'latin1');
  header.write(owner, 265, 32);
  header.write(
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      8,
    ),
    148,
  );
  return header;
}

/** A zip of these entries, stored; `target` makes one a link. */
export function hostileZip(entries: readonly HostileEntry[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, target, body = '' } of entries) {
    const content = Buffer.from(target ?? body);
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(0x21_00_00, 6);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(path.length, 22);
    bodies.push(Buffer.from('PK\x03\x04'), common, path, content);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(((target === undefined ? 0o100_644 : 0o120_777) << 16) >>> 0, 6);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x03'), common, rest, path);
    at += 4 + common.length + path.length + content.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...bodies, listing, Buffer.from('PK\x05\x06'), end]);
}
