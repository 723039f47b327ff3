import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from './secret.ts';

const secret = new Secret('glrt-in-clear');

describe('Secret', () => {
  it('gives its value to whoever asks for it by name', () => {
    expect(secret.reveal()).toBe('glrt-in-clear');
    expect(new Secret({ key: 'in clear' }).reveal()).toEqual({ key: 'in clear' });
  });

  it.each([
    ['String', String(secret)],
    ['toString', secret.toString()],
    ['a template', `${secret}`],
    ['concatenation', `token: ${secret}`],
    ['join', ['token', secret].join(' ')],
    ['JSON', JSON.stringify(secret)],
    ['JSON of something around it', JSON.stringify({ runner: { token: secret } })],
    ['inspect', inspect(secret)],
    ['inspect with hidden fields', inspect({ runner: [secret] }, { showHidden: true, depth: null })],
    ['format %s', format('%s', secret)],
    ['format %o', format('%o', secret)],
    ['format %O', format('%O', { secret })],
    ['format %j', format('%j', { secret })],
    ['format without a place', format('token', secret)],
    ['an error', inspect(new Error('refused', { cause: secret }))],
  ])('shows a mask instead of itself in %s', (_, shown) => {
    expect(shown).toContain('[masked]');
    expect(shown).not.toContain('in-clear');
  });

  it('is not a number, and has no field that a copy could carry away', () => {
    expect(Number(secret)).toBeNaN();
    expect(Object.entries(secret)).toEqual([]);
    expect({ ...secret }).toEqual({});
    expect(structuredClone(secret)).toEqual({});
  });
});
