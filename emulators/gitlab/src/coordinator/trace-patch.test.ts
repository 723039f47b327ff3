import fc from 'fast-check';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { TraceLog } from './trace-log.ts';
import { patchTrace } from './trace-patch.ts';

const LIMIT = 64;

/** The rules once more, as plainly as they can be said. */
function expected(stored: Buffer, from: number, body: Buffer): { readonly kind: string; readonly stored: Buffer } {
  if (from + body.length > LIMIT) return { kind: 'over-limit', stored };
  if (from !== stored.length) return { kind: 'wrong-offset', stored };
  return { kind: 'appended', stored: Buffer.concat([stored, body]) };
}

test('59 whatever is patched, only bytes at exactly the stored size are kept, and size and checksum are theirs', () => {
  const patch = fc.record({ jump: fc.constantFrom(0, 0, 0, 1, -1, 5, 1000), body: fc.uint8Array({ maxLength: 12 }), last: fc.nat(200) });
  fc.assert(
    fc.property(fc.array(patch, { maxLength: 30 }), (patches) => {
      const trace = new TraceLog();
      let model: Buffer = Buffer.alloc(0);
      for (const { jump, body, last } of patches) {
        const from = Math.max(0, model.length + jump);
        const next = expected(model, from, Buffer.from(body));
        const result = patchTrace(trace, { contentRange: `${from}-${last}`, body: Buffer.from(body), limitBytes: LIMIT });
        expect(result.kind).toBe(next.kind);
        model = next.stored;
        expect(trace.bytes().equals(model)).toBe(true);
        expect(trace.checksum).toBe(`crc32:${crc32(model).toString(16).padStart(8, '0')}`);
      }
    }),
  );
});

test('truncating forgets the end, and the checksum goes on from what is left', () => {
  const trace = new TraceLog();
  trace.append(Buffer.from('Hello '));
  trace.append(Buffer.from('there'));
  trace.truncate(6);
  trace.append(Buffer.from('World'));
  expect([trace.bytes().toString(), trace.size, trace.checksum]).toEqual(['Hello World', 11, 'crc32:4a17b156']);
});

test('59 a range that begins with no digits counts as offset 0', () => {
  expect(patchTrace(new TraceLog(), { contentRange: 'bytes 4-8', body: Buffer.from('x'), limitBytes: LIMIT })).toEqual({
    kind: 'appended',
    from: 0,
    size: 1,
  });
});
