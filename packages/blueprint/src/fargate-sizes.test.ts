import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FARGATE_SIZES, isFargateSize, memorySizesFor } from './fargate-sizes.ts';

/** The table of AWS's documentation as it is written there: CPU units, then GB from, to, step. */
const DOCUMENTED = [
  [256, 0.5, 0.5, 1],
  [256, 1, 2, 1],
  [512, 1, 4, 1],
  [1024, 2, 8, 1],
  [2048, 4, 16, 1],
  [4096, 8, 30, 1],
  [8192, 16, 60, 4],
  [16_384, 32, 120, 8],
  [32_768, 60, 60, 1],
  [32_768, 120, 120, 1],
  [32_768, 244, 244, 1],
] as const;

function isDocumented(cpu: number, memoryMiB: number): boolean {
  const gb = memoryMiB / 1024;
  return DOCUMENTED.some(([units, from, to, step]) => units === cpu && gb >= from && gb <= to && Number.isInteger((gb - from) / step));
}

describe('Fargate sizes', () => {
  it('are exactly those of the documentation, for any pair', () => {
    const cpu = fc.oneof(fc.constantFrom(...FARGATE_SIZES.map((size) => size.cpu)), fc.integer({ min: 0, max: 40_000 }));
    const memory = fc.oneof(
      fc.integer({ min: 0, max: 250 }).map((gb) => gb * 1024),
      fc.integer({ min: 0, max: 256_000 }),
    );
    fc.assert(
      fc.property(cpu, memory, (units, mib) => {
        expect(isFargateSize(units, mib)).toBe(isDocumented(units, mib));
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  it('hold every whole GB of the documentation', () => {
    for (const { cpu } of FARGATE_SIZES) {
      const documented = Array.from({ length: 250 }, (_, gb) => (gb === 0 ? 512 : gb * 1024)).filter((mib) => isDocumented(cpu, mib));
      expect(memorySizesFor(cpu)).toEqual(documented);
    }
  });

  it('know no memory for a CPU size that does not exist', () => {
    expect(memorySizesFor(300)).toBeUndefined();
  });
});
