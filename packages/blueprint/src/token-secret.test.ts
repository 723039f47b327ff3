import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTokenSecret } from './token-secret.ts';

describe('the token secret', () => {
  it.each([
    ['a token alone', 'glrt-1', { kind: 'one', token: 'glrt-1' }],
    ['a token with the line feed of a file', ' glrt-1\n', { kind: 'one', token: 'glrt-1' }],
    ['a token in JSON quotes', '"glrt-1"', { kind: 'one', token: 'glrt-1' }],
    ['tokens by runner', ' {"a": "glrt-1", "b": " glrt-2 "}', { kind: 'by runner', tokens: { a: 'glrt-1', b: 'glrt-2' } }],
    ['no tokens by runner', '{}', { kind: 'by runner', tokens: {} }],
    ['nothing', ' \n', { kind: 'broken', why: 'it is empty' }],
    ['an empty JSON string', '" "', { kind: 'broken', why: 'it is empty' }],
    ['half an object', '{"a": "glrt-1"', { kind: 'broken', why: 'it begins like JSON but is none' }],
    ['a list', '["glrt-1"]', { kind: 'broken', why: 'it is JSON, but not an object' }],
    ['a number for a token', '{"a": 1}', { kind: 'broken', why: 'a token in it is not a string' }],
  ])('may be %s', (_what, text, expected) => {
    expect(parseTokenSecret(text)).toEqual(expected);
  });

  it('is never quoted when it is broken', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]{12}$/), fc.constantFrom('{', '[', '"', '{"a": '), (secret, start) => {
        expect(JSON.stringify(parseTokenSecret(start + secret))).not.toContain(secret);
      }),
      { seed: 2 },
    );
  });
});
