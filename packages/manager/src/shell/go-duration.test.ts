import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goDuration, parseGoDuration } from './go-duration.ts';

describe('durations as GitLab has them', () => {
  it.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['250ms', 250],
    ['+5s', 5000],
    ['0', 0],
    ['0s', 0],
    ['5µs', 0.005],
  ])('%s', (text, ms) => {
    expect(parseGoDuration(text)).toBeCloseTo(ms, 6);
  });

  it.each(['', '5', '-5s', '5 s', '1h 30m', 's', 'five minutes', '1d', '5s!', '1e3s', '٥s'])('%j is none', (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
  });

  it('reads back what it prints', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), (seconds) => {
        expect(parseGoDuration(goDuration(seconds))).toBe(seconds * 1000);
      }),
    );
  });

  it('no text breaks it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.hmsnuµ+- ') }), (text) => {
        const ms = parseGoDuration(text);
        expect(ms === undefined || ms >= 0).toBe(true);
      }),
    );
  });
});
