import { describe, expect, it } from 'vitest';
import { makeSchedule } from './schedule.ts';

const MINUTE_MS = 60_000;

describe('the schedule of disturbances', () => {
  it('is the same for the same seed, and another one for another seed', () => {
    const [first, again, other] = [7, 7, 8].map((seed) => makeSchedule({ seed, lengthMs: 5 * MINUTE_MS }));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('begins alike for a short run and a long one, and lies within its time', () => {
    const short = makeSchedule({ seed: 3, lengthMs: MINUTE_MS });
    const long = makeSchedule({ seed: 3, lengthMs: 30 * MINUTE_MS });
    expect(long.slice(0, short.length)).toEqual(short);
    expect(Math.max(...long.map(({ atMs }) => atMs))).toBeLessThan(30 * MINUTE_MS);
    expect(long.length).toBeGreaterThan(500);
  });

  it('has every kind of disturbance within two minutes', () => {
    const kinds = (minutes: number) => new Set(makeSchedule({ seed: 1, lengthMs: minutes * MINUTE_MS }).map(({ what }) => what.kind));
    expect([...kinds(2)].sort()).toEqual([...kinds(60)].sort());
  });
});
