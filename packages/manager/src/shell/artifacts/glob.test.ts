import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixedFolder, globToRegExp, literalRegExp } from './glob.ts';

/** Which of the paths grep finds, anchored, in the locale that every worker has. */
function found(expression: string, paths: readonly string[], grep: readonly string[] = ['grep']): string[] {
  const [program = '', ...words] = grep;
  try {
    const input = `${paths.join('\n')}\n`;
    const output = execFileSync(program, [...words, '-E', '-e', `^(${expression})$`], {
      input,
      env: { LC_ALL: 'C', PATH: process.env.PATH },
    });
    return output.toString().split('\n').slice(0, -1);
  } catch {
    return [];
  }
}

const PATHS = [
  'a',
  'b',
  'ab',
  'a/b',
  'a/b/c.js',
  'a/c.js',
  'c.js',
  'c.jsx',
  'src/a/b.ts',
  'src/b.ts',
  'x{y}',
  'a*',
  '[a]',
  '.hidden',
  'a/.hidden',
];

describe('a glob as a regular expression', () => {
  it.each([
    ['*', ['a', 'b', 'ab', 'c.js', 'c.jsx', 'x{y}', 'a*', '[a]', '.hidden']],
    ['**', PATHS],
    ['**/*.js', ['a/b/c.js', 'a/c.js', 'c.js']],
    ['a/**', ['a/b', 'a/b/c.js', 'a/c.js', 'a/.hidden']],
    ['a/*', ['a/b', 'a/c.js', 'a/.hidden']],
    ['a/**/c.js', ['a/b/c.js', 'a/c.js']],
    ['src/**/b.ts', ['src/a/b.ts', 'src/b.ts']],
    ['?', ['a', 'b']],
    ['[ab]', ['a', 'b']],
    ['[!a]', ['b']],
    ['[^a]', ['b']],
    ['c.{js,jsx}', ['c.js', 'c.jsx']],
    ['{a,src}/**/*.{js,ts}', ['a/b/c.js', 'a/c.js', 'src/a/b.ts', 'src/b.ts']],
    ['c.j', []],
    ['c?js', ['c.js']],
    ['a\\*', ['a*']],
    ['x{y}', []],
    ['x\\{y\\}', ['x{y}']],
    ['\\[a\\]', ['[a]']],
    ['[a', []],
    ['.*', ['.hidden']],
  ])('%s matches what GitLab matches', (glob, expected) => {
    for (const grep of [['grep'], ['busybox', 'grep']]) expect(found(globToRegExp(glob), PATHS, grep)).toEqual(expected);
  });

  it('never matches more or less than a walk through the segments does', () => {
    const segment = fc.array(fc.constantFrom('a', 'b', '.', '*', '?', '+', '(', '^', '$', '|', ' ', '-'), { minLength: 1, maxLength: 4 });
    const glob = fc.array(fc.oneof(fc.constant('**'), segment.map(joined)), { minLength: 1, maxLength: 4 });
    const name = fc.array(fc.constantFrom('a', 'b', '.', '+', '(', '^', '$', '|', ' ', '-'), { minLength: 1, maxLength: 3 }).map(joined);
    const path = fc.array(name, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(glob, fc.array(path, { minLength: 5, maxLength: 20 }), (segments, paths) => {
        const expected = paths.filter((names) => walks(segments, names)).map((names) => names.join('/'));
        const all = paths.map((names) => names.join('/'));
        expect(found(globToRegExp(segments.join('/')), all)).toEqual(expected);
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  it('text stands for itself, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{1,10}$/), fc.stringMatching(/^[ -~]{1,10}$/), (text, other) => {
        expect(found(literalRegExp(text), [text, other])).toEqual(text === other ? [text, other] : [text]);
      }),
      { numRuns: 200, seed: 11 },
    );
  });

  it.each([
    ['dist/**/*.js', 'dist'],
    ['dist/app/main.js', 'dist/app/main.js'],
    ['dist/', 'dist'],
    ['**/x', ''],
    ['a/{b,c}/d', 'a'],
    ['[ab]', ''],
  ])('%s lies below %j', (glob, folder) => {
    expect(fixedFolder(glob)).toBe(folder);
  });
});

function joined(chars: readonly string[]): string {
  return chars.join('').replaceAll(/\*\*+/g, '*');
}

/** The meaning of a glob, segment by segment. */
function walks([first, ...rest]: readonly string[], names: readonly string[]): boolean {
  if (first === undefined) return names.length === 0;
  if (first === '**') return rest.length === 0 ? names.length > 0 : names.some((_, at) => walks(rest, names.slice(at)));
  const [name, ...others] = names;
  return name !== undefined && fits(first, name) && walks(rest, others);
}

/** The meaning of one segment, character by character. */
function fits(glob: string, name: string): boolean {
  const [want, ...rest] = glob;
  if (want === undefined) return name === '';
  if (want === '*') return Array.from({ length: name.length + 1 }, (_, at) => at).some((at) => fits(rest.join(''), name.slice(at)));
  return name !== '' && (want === '?' || want === name[0]) && fits(rest.join(''), name.slice(1));
}
