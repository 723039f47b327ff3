import { array, assert, constantFrom, nat, property, tuple } from 'fast-check';
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

test.each(['', 'soon', '5 parsecs', 'h', '1h soon', '-5', '1h 5', '. 1h'])('"%s" is no duration', (text) => {
  expect(durationSeconds(text)).toBeUndefined();
});

test('amounts with units add up, however they are written', () => {
  const unit = constantFrom(['s', 1], ['seconds', 1], ['min', 60], ['hours', 3600], ['d', 86_400], ['wk', 604_800] as const);
  const piece = tuple(nat(1000), constantFrom('', ' ', '  '), unit);
  const between = constantFrom('', ' ', ', ', ' and ');
  assert(
    property(array(piece, { minLength: 1, maxLength: 6 }), between, (pieces, separator) => {
      const text = pieces.map(([amount, gap, [word]]) => `${amount}${gap}${word}`).join(separator === '' ? ' ' : separator);
      expect(durationSeconds(text)).toBe(pieces.reduce((sum, [amount, , [, seconds]]) => sum + amount * Number(seconds), 0));
    }),
    { seed: 1 },
  );
});

test('a text that could be read in very many ways, and fits in none, is answered', () => {
  for (const part of ['1s', '1 s ', '11', '1.1s', 's', ' ']) expect(durationSeconds(`${part.repeat(100_000)}!`)).toBeUndefined();
});
