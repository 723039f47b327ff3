import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom, systemRandom } from './random.ts';

const draw = (seed: number) => {
  const random = seededRandom(seed);
  return [random.fraction(), random.hex(8), random.fraction(), random.hex(3)];
};

describe.each([
  ['seeded', () => seededRandom(9)],
  ['of the system', () => systemRandom],
])('randomness %s', (_, make) => {
  it('gives fractions from 0 up to and without 1', () => {
    const random = make();
    const fractions = Array.from({ length: 1000 }, () => random.fraction());
    expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...fractions)).toBeLessThan(1);
    expect(new Set(fractions).size).toBeGreaterThan(900);
  });

  it('gives bytes as two lower-case hexadecimal digits each', () => {
    const random = make();
    for (const bytes of [1, 12, 24]) expect(random.hex(bytes)).toMatch(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
    expect(random.hex(16)).not.toBe(random.hex(16));
  });
});

describe('seeded randomness', () => {
  it('repeats itself for the same seed', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(draw(seed)).toEqual(draw(seed));
      }),
    );
  });

  it('differs for another seed', () => {
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('spreads its fractions evenly', () => {
    const random = seededRandom(4);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let n = 0; n < 10_000; n++) {
      const tenth = Math.floor(random.fraction() * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
