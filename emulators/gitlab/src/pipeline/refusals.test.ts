import { expect, test } from 'vitest';
import { readPipeline } from './read-pipeline.ts';

const FILES = new Map([
  ['loop.yml', 'include: again.yml\n'],
  ['again.yml', 'include: loop.yml\n'],
]);

const repository = { paths: [...FILES.keys()], read: (path: string) => FILES.get(path) };

/** `file:line:column what` of every problem. */
function problems(text: string): readonly string[] {
  const reading = readPipeline(text, { file: 'ci.yml', repository });
  return reading.kind === 'valid' ? [] : reading.problems.map(({ at, what }) => `${at} ${what}`);
}

function nested(depth: number): string {
  return `a:\n  script: ${'['.repeat(depth)}x${']'.repeat(depth)}\n`;
}

function matrix(length: number): string {
  return `a:\n  script: x\n  parallel:\n    matrix:\n      - A: [${Array.from({ length }, (_, index) => index).join(', ')}]\n`;
}

test.each([
  [
    'needs in a circle',
    'a: {script: x, needs: [b]}\nb: {script: x, needs: [a]}\n',
    ['ci.yml:1:1 The pipeline has circular dependencies: a needs b needs a'],
  ],
  [
    'needs of a later stage and of nobody, both at once',
    'a:\n  stage: build\n  script: x\n  needs: [b, c]\nb: {script: x}\n',
    ['ci.yml:4:11 a job: need b is not defined in current or prior stages', 'ci.yml:4:14 a job: undefined need: c'],
  ],
  ['an unknown base', 'a:\n  extends: .no\n  script: x\n', ['ci.yml:2:12 a: unknown keys in `extends` (.no)']],
  [
    'bases in a circle',
    '.a: {extends: .b}\n.b: {extends: .a}\nj: {extends: .a, script: x}\n',
    ['ci.yml:2:15 .b: circular dependency detected in `extends`'],
  ],
  [
    'a default that stands at the top level too',
    'image: a\ncache: {paths: [p]}\ndefault:\n  image: b\n  tags: [x]\na: {script: x}\n',
    ['ci.yml:4:3 image is defined in top-level and `default:` entry'],
  ],
  ['a tab', 'a:\n\tscript: x\n', ['ci.yml:2:1 invalid YAML: Tabs are not allowed as indentation']],
  ['5 MB', `#${'x'.repeat(5 * 1024 * 1024)}`, ['ci.yml:1:1 The parsed YAML is too big']],
  [
    'a variable that is no text',
    'a:\n  script: x\n  variables: {K: [1]}\n',
    ['ci.yml:3:15 jobs:a:variables config should be a hash of key value pairs, value can be a hash'],
  ],
  [
    'a script in eleven lists',
    nested(11),
    ['ci.yml:2:21 jobs:a:script config should be a string or a nested array of strings up to 10 levels deep'],
  ],
  ['201 jobs of a matrix', matrix(201), ['ci.yml:5:7 jobs:a:parallel:matrix config generates too many jobs (maximum is 200)']],
  ['half an expression', 'a:\n  script: x\n  rules:\n    - if: $A ==\n', ['ci.yml:4:11 jobs:a:rules:rule if invalid expression syntax']],
  ['three documents', 'a: {script: x}\n---\nb: 1\n---\nc: 1\n', ['ci.yml:4:1 The parsed YAML has too many documents']],
  ['a missing file', 'include: no.yml\na: {script: x}\n', ['ci.yml:1:10 Local file `no.yml` does not exist!']],
  [
    'files that include each other',
    'include: loop.yml\na: {script: x}\n',
    ['again.yml:1:10 Maximum of 150 nested includes are allowed! (ci.yml includes loop.yml includes again.yml includes loop.yml)'],
  ],
  [
    'a name that objects inherit',
    'constructor: {script: x, toString: y}\n',
    ['ci.yml:1:26 jobs:constructor config contains unknown keys: toString'],
  ],
])('%s: refused with its place', (_, text, expected) => {
  expect(problems(text)).toEqual(expected);
});

test.each([
  ['ten lists', nested(10)],
  ['200 jobs', matrix(200)],
])('%s are still accepted', (_, text) => {
  expect(problems(text)).toEqual([]);
});

test.each([
  ['a:\n  script: x\n  script: y\n', 'ci.yml:3:3: script is said twice: only this one counts'],
  ['a: {script: x}\n---\nb: {script: x}\n', 'ci.yml:3:1: a second document is ignored, because the first one has no spec'],
])('what is accepted and doubtful is noted: %j', (text, note) => {
  expect(readPipeline(text, { file: 'ci.yml' })).toMatchObject({ kind: 'valid', notes: [note] });
});

test.each([
  ['lists', `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`],
  ['lists without an end', '['.repeat(10_000)],
  ['maps', `a: ${'{a: '.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['lists by dashes', `${'- '.repeat(10_000)}x`],
  ['lists through anchors', Array.from({ length: 10_000 }, (_, level) => `.l${level}: &l${level} [*l${level - 1}]`).join('\n')],
  ['maps by indentation', Array.from({ length: 101 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
])('%s in one another are refused, not a crash', (_, text) => {
  expect(problems(text.replace('*l-1', '1'))[0]).toMatch(/^ci\.yml:\d+:\d+ The parsed YAML is too big$/);
});
