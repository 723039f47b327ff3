import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitisedKey } from './cache-key.ts';

describe('sanitisedKey', () => {
  it.each([
    ['default-protected', 'default-protected'],
    ['../foo/bar', 'foo/bar'],
    ['foo/bar/..', 'foo'],
    ['foo/ /bar', 'foo/ /bar'],
    ['foo/ / ', 'foo'],
    ['foo/bar/.. ', 'foo'],
    ['foo  ', 'foo'],
    ['...', '...'],
    ['a%2fb%2E%2e', 'a/b..'],
    ['%2e%2e%2f%2e%2e%2fetc', 'etc'],
    ['a\\..\\b', 'b'],
    ['/a//b/', 'a/b'],
    ['é ✓/🦊', 'é ✓/🦊'],
  ])('54. makes %j into %j', (key, sanitised) => {
    expect(sanitisedKey(key)).toBe(sanitised);
  });

  it.each(['', '/', '.', '..', ' ', ' / ', './..', '.. ', 'a/.. ', '%2e%2e', '\\', '\t\n'])('54. finds nothing to use in %j', (key) => {
    expect(sanitisedKey(key)).toBeUndefined();
  });

  const key = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom('a', '.', '..', '/', '\\', ' ', '%2f', '%2E', '%2e', '%', '-protected')).map((parts) => parts.join('')),
  );

  it('54. never leads out of its folder, and has no empty part, whatever is asked for', () => {
    fc.assert(
      fc.property(key, (text) => {
        const segments = sanitisedKey(text)?.split('/') ?? [];
        expect(segments.filter((segment) => ['', '.', '..'].includes(segment))).toEqual([]);
        expect(segments.at(-1)?.trimEnd()).toBe(segments.at(-1));
      }),
      { examples: [['a/.. '], ['a/b/.. / ']] },
    );
  });
});
