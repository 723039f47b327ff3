import { describe, expect, it } from 'vitest';
import { answered } from './answered.test-double.ts';
import { paceOf } from './pace-of-answer.ts';

describe('paceOf', () => {
  it.each<[string, number | undefined]>([
    ['3', 3000],
    ['60', 60_000],
    ['900', 900_000],
    ['901', 900_000],
    ['99999999999999999999', 900_000],
    ['0', undefined],
    ['-3', undefined],
    ['1.5', undefined],
    ['', undefined],
    ['soon', undefined],
  ])('23: an interval of %j is %s ms', (interval, paceMs) => {
    expect(paceOf(answered(202, { 'x-gitlab-trace-update-interval': interval })).paceMs).toBe(paceMs);
  });

  it('23: no header changes nothing', () => {
    expect(paceOf(answered(202))).toEqual({});
  });
});
