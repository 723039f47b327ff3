import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Utf8Repair } from './utf8-repair.ts';

function repairInPieces(bytes: Uint8Array, cuts: readonly number[]): Buffer {
  let repair = new Utf8Repair();
  const out: Uint8Array[] = [];
  let at = 0;
  for (const end of [...new Set([...cuts, bytes.length])].sort((a, b) => a - b)) {
    out.push(repair.write(bytes.subarray(at, end)));
    repair = new Utf8Repair(repair.state());
    at = end;
  }
  return Buffer.concat([...out, repair.end()]);
}

describe('UTF-8 repair', () => {
  test.each([
    ['a character in four pieces', Buffer.from('a😀b'), 'a😀b'],
    ['a lone continuation', Buffer.from([0x61, 0x80, 0x62]), 'a\ufffdb'],
    ['a lead byte without the rest', Buffer.from([0xe2, 0x82, 0x41]), '\ufffdA'],
    ['half a character at the end', Buffer.from([0x41, 0xf0, 0x9f]), 'A\ufffd'],
    ['a byte order mark', Buffer.from('\ufeffx'), '\ufeffx'],
  ])('%s', (_, bytes, text) => {
    const everywhere = Array.from(bytes, (_byte, at) => at);
    expect(repairInPieces(bytes, everywhere).toString()).toBe(text);
  });

  test('26: any bytes come out as the WHATWG decoder reads them, wherever they are cut', () => {
    const byte = fc.oneof(fc.constantFrom(0x41, 0x80, 0xbf, 0xc3, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0xf0, 0x9f, 0x98, 0xff), fc.nat(255));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), fc.array(fc.nat(40)), (values, cuts) => {
        const bytes = Uint8Array.from(values);
        const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
        expect(
          repairInPieces(
            bytes,
            cuts.map((cut) => cut % (bytes.length + 1)),
          ).toString(),
        ).toBe(expected);
      }),
      { numRuns: 1000, seed: 1 },
    );
  });
});
