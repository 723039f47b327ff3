import { crc32 } from 'node:zlib';
import { ManualClock } from '@fargate-gitlab-runner/kernel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Chunk, chunkName, decodeChunk, encodeChunk } from './chunk.ts';
import { JobTrace } from './job-trace.ts';

function sample(): Chunk {
  const trace = new JobTrace({ masks: ['secret'], tokenPrefixes: [], hasTimestamps: true, limitBytes: 1000, clock: new ManualClock() });
  trace.say('opening', 'hello\n');
  trace.takeChunk();
  trace.script(Buffer.from('line\nä\nopen glpat-x sec'));
  const chunk = trace.takeChunk();
  if (!chunk) throw new Error('there is no chunk');
  const { recipe: _, ...plain } = chunk;
  return plain;
}

/** The encoded sample with its header changed. */
function tampered(change: object): Buffer {
  const { bytes, ...header } = sample();
  return Buffer.concat([Buffer.from(`${JSON.stringify({ ...header, ...change })}\n`), bytes]);
}

describe('chunk codec', () => {
  test('reads back what it wrote', () => {
    const chunk = sample();
    expect(decodeChunk(encodeChunk(chunk))).toEqual({ kind: 'chunk', chunk: { ...chunk, bytes: expect.anything() } });
    const decoded = decodeChunk(encodeChunk(chunk));
    expect(decoded.kind === 'chunk' && Buffer.from(decoded.chunk.bytes).equals(chunk.bytes)).toBe(true);
  });

  test('a chunk after bytes that are unknown has no checksum', () => {
    const { crcBefore: _, crcAfter: __, ...chunk } = sample();
    const decoded = decodeChunk(encodeChunk(chunk));
    expect(decoded.kind === 'chunk' && 'crcAfter' in decoded.chunk).toBe(false);
    expect(decoded.kind).toBe('chunk');
  });

  test('reads the next schema as far as it is known', () => {
    expect(decodeChunk(tampered({ schema: 2, novelty: { a: 1 } })).kind).toBe('chunk');
  });

  test('names sort as offsets do and say nothing else', () => {
    const names = [0, 9, 10, 99_999, 4 * 1024 * 1024, 2 ** 40].map(chunkName);
    expect([...names].sort()).toEqual(names);
    for (const name of names) expect(name).toMatch(/^\d{16}$/);
  });

  test.each([
    ['another schema', { schema: 3 }],
    ['a size that is not its own', { traceTo: 1_000_000 }],
    ['an end before its beginning', { traceFrom: 50, traceTo: 40 }],
    ['a negative offset', { traceFrom: -1 }],
    ['an offset that is no integer', { journalAt: 1.5 }],
    ['an offset beyond what numbers hold', { journalAt: 2 ** 60 }],
    ['a wrong checksum before', { crcBefore: 1 }],
    ['a wrong checksum after', { crcAfter: 1 }],
    ['a checksum out of range', { crcAfter: -1 }],
    ['keys that are no strings', { said: [1] }],
    ['a state of no shape', { pipeline: {} }],
    ['a previous chunk that is a path', { previous: '../../etc/passwd' }],
    ['no limit flag', { isLimitReached: 'yes' }],
  ])('refuses %s', (_, change) => {
    expect(decodeChunk(tampered(change)).kind).toBe('unreadable');
  });

  test('names the field that is wrong and never its value', () => {
    expect(decodeChunk(tampered({ journalAt: 'sensitive' }))).toEqual({ kind: 'unreadable', cause: 'journalAt: invalid_type' });
  });

  test('refuses one changed byte and any cut', () => {
    const encoded = encodeChunk(sample());
    const flipped = Buffer.from(encoded);
    flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
    expect(decodeChunk(flipped).kind).toBe('unreadable');
    for (let end = 0; end < encoded.length; end++) expect(decodeChunk(encoded.subarray(0, end)).kind).toBe('unreadable');
  });

  test('whatever it is given, it answers and does not throw', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => Buffer.from(`${text}\nrest`)),
      fc.record({ at: fc.nat(600), byte: fc.nat(255) }).map(({ at, byte }) => {
        const encoded = encodeChunk(sample());
        encoded[at % encoded.length] = byte;
        return encoded;
      }),
    );
    fc.assert(
      fc.property(bytes, (encoded) => {
        const decoded = decodeChunk(encoded);
        const chunk = decoded.kind === 'chunk' ? decoded.chunk : undefined;
        if (chunk?.crcAfter !== undefined) expect(crc32(chunk.bytes, chunk.crcBefore)).toBe(chunk.crcAfter);
        expect(['chunk', 'unreadable']).toContain(decoded.kind);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
