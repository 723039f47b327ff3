import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PhraseMasker, phraseTableOf } from './phrase-masker.ts';

/** Feeds `text` cut at `cuts`, taking the state through JSON into a new masker at every cut. */
function maskInPieces(phrases: readonly string[], text: string, cuts: readonly number[]): string {
  const table = phraseTableOf(phrases);
  const bytes = Buffer.from(text);
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let masker = new PhraseMasker(table);
  let out = '';
  let at = 0;
  for (const end of [...ends, bytes.length]) {
    out += Buffer.from(masker.write(bytes.subarray(at, end))).toString('latin1');
    masker = new PhraseMasker(table, JSON.parse(JSON.stringify(masker.state())));
    at = end;
  }
  return Buffer.from(out + Buffer.from(masker.end()).toString('latin1'), 'latin1').toString();
}

/** Hides every byte of every occurrence the slow way: overlapping occurrences share a mark. */
function maskSlowly(phrases: readonly string[], text: string): string {
  const spans = phrases.flatMap((phrase) => occurrences(text, phrase)).sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  const joined: [number, number][] = [];
  for (const [start, end] of spans) {
    const last = joined.at(-1);
    if (last && start < last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined.reduceRight((masked, [start, end]) => `${masked.slice(0, start)}[MASKED]${masked.slice(end)}`, text);
}

function occurrences(text: string, phrase: string): [number, number][] {
  const found: [number, number][] = [];
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) found.push([at, at + phrase.length]);
  return found;
}

const everyByte = (text: string) => Array.from({ length: Buffer.byteLength(text) + 1 }, (_, at) => at);

describe('phrase masker', () => {
  test.each([
    ['a phrase in a text', ['s3cret'], 'the s3cret word', 'the [MASKED] word'],
    ['a phrase twice, side by side', ['ab'], 'xababx', 'x[MASKED][MASKED]x'],
    ['a phrase that overlaps itself', ['aba'], 'xababax', 'x[MASKED]x'],
    ['a false start that holds the true one', ['aab'], 'aaab', 'a[MASKED]'],
    ['a phrase inside a longer one', ['secret', 'secretvalue'], 'secretvalue secretly', '[MASKED] [MASKED]ly'],
    ['a longer phrase that begins inside a shorter one', ['abc', 'bcdefg'], 'abcdefg', '[MASKED]'],
    ['a short phrase inside the beginning of a longer one that never ends', ['bc', 'abcd'], 'abcx', 'a[MASKED]x'],
    ['a phrase of several lines', ['one\ntwo'], 'x one\ntwo y', 'x [MASKED] y'],
    ['a phrase outside ASCII', ['pässwörd'], 'ä pässwörd ö', 'ä [MASKED] ö'],
    ['a phrase with white space around it', ['  padded\n'], 'a padded b', 'a [MASKED] b'],
    ['an empty phrase', ['', '  '], 'text', 'text'],
    ['no phrase', [], 'text', 'text'],
  ])('hides %s, cut at every byte', (_, phrases, text, masked) => {
    expect(maskInPieces(phrases, text, everyByte(text))).toBe(masked);
    expect(maskInPieces(phrases, text, [])).toBe(masked);
  });

  test('masks a self-overlapping phrase that comes in two writes', () => {
    expect(maskInPieces(['aab'], 'aaab', [2])).toBe('a[MASKED]');
  });

  test('holds back nothing that can not become a phrase', () => {
    const masker = new PhraseMasker(phraseTableOf(['secret']));
    expect(Buffer.from(masker.write(Buffer.from('sec'))).toString()).toBe('');
    expect(Buffer.from(masker.write(Buffer.from('tor sec'))).toString()).toBe('sector ');
    expect(Buffer.from(masker.write(Buffer.from('ret'))).toString()).toBe('[MASKED]');
  });

  test('keeps little of a phrase that repeats without end', () => {
    const masker = new PhraseMasker(phraseTableOf(['aaaa']));
    for (let times = 0; times < 100; times++) masker.write(Buffer.from('a'.repeat(100)));
    expect(Buffer.from(masker.state().held, 'base64').length).toBeLessThan(5);
  });

  test('judges what is held back by new phrases', () => {
    const masker = new PhraseMasker(phraseTableOf(['secret']));
    masker.write(Buffer.from('sec'));
    masker.useTable(phraseTableOf(['secure']));
    expect(Buffer.from(masker.write(Buffer.from('ure!'))).toString()).toBe('[MASKED]!');
  });

  test('47: hides every occurrence however phrases overlap and wherever the text is cut', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 5 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), maxLength: 60 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), text, fc.array(fc.nat(60), { maxLength: 60 }), (phrases, whole, cuts) => {
        expect(maskInPieces(phrases, whole, cuts)).toBe(maskSlowly(phrases, whole));
        expect(maskInPieces(phrases, whole, everyByte(whole))).toBe(maskSlowly(phrases, whole));
      }),
      { numRuns: 1000, seed: 1 },
    );
  });
});
