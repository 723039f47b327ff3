import { expect, test } from 'vitest';
import { durationSeconds } from './duration.ts';

test.each([
  ['3600', 3600],
  ['1h 30m', 5400],
  ['1h30m', 5400],
  ['90 minutes', 5400],
  ['1 hour and 30 minutes', 5400],
  ['10 hours, 5 sec', 36_005],
  ['1.5h', 5400],
  ['2 weeks', 1_209_600],
  ['1 day', 86_400],
  ['1 mo', 2_592_000],
])('%s is %i seconds', (text, seconds) => {
  expect(durationSeconds(text)).toBe(seconds);
});

test.each(['', 'soon', '5 parsecs', 'h', '1h soon', '-5'])('"%s" is no duration', (text) => {
  expect(durationSeconds(text)).toBeUndefined();
});
