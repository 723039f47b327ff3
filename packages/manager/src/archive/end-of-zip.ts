import { littleEndian } from './little-endian.ts';

/** The end of a zip whose directory of `count` entries begins `at` that offset and has that `size`; with the records for long numbers where they are needed. */
export function endOfZip({ count, at, size }: { readonly count: number; readonly at: number; readonly size: number }): Buffer {
  const isLong = count >= 0xffff || at >= 0xffff_ffff || size >= 0xffff_ffff;
  const most = isLong ? ([0xffff, 0xffff_ffff, 0xffff_ffff] as const) : ([count, size, at] as const);
  const end = littleEndian([4, 0x0605_4b50], [2, 0], [2, 0], [2, most[0]], [2, most[0]], [4, most[1]], [4, most[2]], [2, 0]);
  if (!isLong) return end;
  const record = littleEndian(
    [4, 0x0606_4b50],
    [8, 44],
    [2, (3 << 8) | 45],
    [2, 45],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, size],
    [8, at],
  );
  const locator = littleEndian([4, 0x0706_4b50], [4, 0], [8, at + size], [4, 1]);
  return Buffer.concat([record, locator, end]);
}
