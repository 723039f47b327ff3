// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are GitLab's references, not ours
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expand } from './expansion.ts';

const values: Readonly<Record<string, string>> = { B: 'bee', LONG_1: 'x', 'odd name': 'odd', DOLLAR: '$B' };
const lookup = (name: string) => (Object.hasOwn(values, name) ? values[name] : undefined);

describe('expand', () => {
  it.each([
    ['$B/x', 'bee/x'],
    ['${B}x', 'beex'],
    ['$Bx', ''],
    ['$LONG_1-$B', 'x-bee'],
    ['${odd name}', 'odd'],
    ['$DOLLAR', '$B'],
    ['$$B', '$B'],
    ['$$$B', '$bee'],
    ['${$}', '$'],
    ['$UNKNOWN.', '.'],
    ['${B:-d}', ''],
    ['$1abc$*$#$@$!$?$-$0', 'abc'],
    ['${1}', ''],
    ['a${}b', 'ab'],
    ['a${b', 'ab'],
    ['}${B', '}B'],
    ['100 $ and $', '100 $ and $'],
    ['$é $/ $.', '$é $/ $.'],
    ['${B}}', 'bee}'],
    ['${__proto__}$constructor', ''],
  ])('41. gives for %s: %s', (text, expected) => {
    expect(expand(text, lookup)).toBe(expected);
  });

  it('leaves text without a dollar alone', () => {
    const property = fc.property(fc.string(), (text) => {
      const plain = text.replaceAll('$', '');
      expect(expand(plain, lookup)).toBe(plain);
    });
    fc.assert(property);
  });

  it('does not expand what it has put in', () => {
    const property = fc.property(fc.string(), (value) => {
      expect(expand('<$V>', () => value)).toBe(`<${value}>`);
    });
    fc.assert(property);
  });

  it('stops when the result outgrows its limit, and names the variable', () => {
    const big = 'b'.repeat(1000);
    expect(() => expand('$V'.repeat(1000), () => big, { at: 'BOMB', limit: 10_000 })).toThrow(/^BOMB: .* too long/);
    expect(() => expand('plain text', () => '', { limit: 5 })).toThrow(/too long/);
  });

  it('copes with a text of nothing but openings', () => {
    expect(expand('${'.repeat(500_000), lookup)).toBe('');
  });
});
