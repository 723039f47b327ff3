import { array, assert, constantFrom, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import type { Plain } from './pipeline.ts';
import { readPipeline } from './read-pipeline.ts';

/** The lines of the first job's script, or `line:column what` of every problem. `inputs` is what stands under `spec:inputs`. */
function scriptOf(inputs: string, lines: readonly string[], given: Readonly<Record<string, Plain>> = {}): readonly string[] {
  const text = `spec:\n  inputs:\n    ${inputs}\n---\nj:\n  script:\n${lines.map((line) => `    - ${line}\n`).join('')}`;
  const reading = readPipeline(text, { file: 'ci.yml', inputs: given, predefined: { BRANCH: 'main' } });
  if (reading.kind === 'valid') return reading.pipeline.jobs[0]?.script ?? [];
  return reading.problems.map(({ at, what }) => `${at?.replace('ci.yml:', '')} ${what}`);
}

test.each([
  ['a text', '{default: x}', '"a $[[ inputs.v ]] b"', 'a x b'],
  ['without spaces', '{default: x}', '$[[inputs.v]]', 'x'],
  ['a number in a text', '{type: number, default: 3}', '"$[[ inputs.v ]]"', '3'],
  ['a boolean in quotes is text', '{type: boolean, default: false}', '"$[[ inputs.v ]]"', 'false'],
  ['an array in a text is JSON', '{type: array, default: [a, {b: 1}]}', "'$[[ inputs.v ]]'", '["a",{"b":1}]'],
  ['an element of an array', '{type: array, default: [a, {b: [c, d]}]}', '$[[ inputs.v[1].b[1] ]]', 'd'],
  ['truncate', '{default: abcdef}', '$[[ inputs.v | truncate(1, 3) ]]', 'bcd'],
  ['truncate past the end', '{default: abc}', '"<$[[ inputs.v | truncate(5,9) ]]>"', '<>'],
  ['expand_vars; unknown names stay', '{default: $BRANCH-$UNKNOWN}', '$[[ inputs.v | expand_vars ]]', 'main-$UNKNOWN'],
  ['posix_escape', '{default: "a b$c"}', '$[[ inputs.v | posix_escape ]]', 'a\\ b\\$c'],
  ['split, as a list in the list', '{default: "a, b,,c"}', "$[[ inputs.v | split(',') ]]", 'a'],
  ['functions in a row', '{default: ab$BRANCH}', '$[[ inputs.v | expand_vars | truncate(2,9) ]]', 'main'],
  ['of a matrix: left for later', '{default: x}', '$[[ matrix.V ]]', '$[[ matrix.V ]]'],
])('an input put in: %s', (_, input, line, first) => {
  expect(scriptOf(`v: ${input}`, [line])[0]).toBe(first);
});

test('what is given wins over the default, and a list that is given takes the place of its block', () => {
  expect(scriptOf('v: {type: array, default: []}', ['$[[ inputs.v ]]', 'last'], { v: ['one', 'two'] })).toEqual(['one', 'two', 'last']);
});

test.each([
  ['{default: x}', '$[[ inputs.w ]]', '7:7 unknown interpolation provided: `w` in `inputs.w`'],
  ['{default: x}', '$[[ v ]]', '7:7 invalid pattern used for interpolation. valid pattern is $[[ inputs.input ]]'],
  ['{default: x}', '$[[ inputs.v[0] ]]', '7:7 cannot index into non-array value at [0] in `inputs.v[0]`'],
  ['{type: array, default: [a]}', '$[[ inputs.v[1] ]]', '7:7 array index 1 out of bounds (size: 1) in `inputs.v[1]`'],
  [
    '{default: x}',
    '$[[ inputs.v | shout ]]',
    '7:7 no function matching `shout`: check that the function name, arguments, and types are correct',
  ],
  [
    '{default: x}',
    '$[[ inputs.v | truncate(1) ]]',
    '7:7 no function matching `truncate(1)`: check that the function name, arguments, and types are correct',
  ],
  ['{default: x}', "$[[ inputs.v | split('') ]]", '7:7 error in `split` function: invalid argument: separator cannot be empty'],
  [
    '{type: number, default: 1}',
    '$[[ inputs.v | truncate(0,1) ]]',
    '7:7 error in `truncate` function: invalid input type: truncate can only be used with string inputs',
  ],
  [
    '{default: x}',
    '$[[ inputs.v | expand_vars | expand_vars | expand_vars | expand_vars ]]',
    '7:7 too many functions in interpolation block',
  ],
  ['', 'x', '3:5 `v` input: required value has not been provided'],
  ['{type: number, default: one}', 'x', '3:5 `v` input: default value is not a number'],
  ['{type: array, default: one}', 'x', '3:5 `v` input: default value is not an array'],
  ['{default: 1}', 'x', '3:5 `v` input: default value is not a string'],
  ['{default: c, options: [a, b]}', 'x', '3:5 `v` input: `c` cannot be used because it is not in the list of allowed options'],
  [
    '{type: number, default: 3, options: [1, 2]}',
    'x',
    '3:5 `v` input: `3` cannot be used because it is not in the list of the allowed options',
  ],
  ['{type: boolean, default: true, options: [true]}', 'x', '3:5 `v` input: Options can only be used with string and number inputs'],
  ['{default: B, regex: "^[a-z]$"}', 'x', '3:5 `v` input: default value does not match required RegEx pattern'],
  ['{default: b, regex: "("}', 'x', '3:5 `v` input: invalid regular expression'],
  ['{type: number, default: 1, regex: a}', 'x', '3:5 `v` input: RegEx validation can only be used with string inputs'],
  ['{type: date}', 'x', '3:15 header:spec:inputs:v input type unknown value: date'],
  ['{defaults: x}', 'x', '3:9 header:spec:inputs:v config contains unknown keys: defaults'],
])('an input that is wrong: %s in %s', (input, line, problem) => {
  expect(scriptOf(`v: ${input}`, [line])).toContain(problem);
});

test.each([
  [{ v: 1 }, '1:1 `v` input: provided value is not a string'],
  [{ v: 'B' }, '1:1 `v` input: provided value does not match required RegEx pattern'],
  [{ w: 'b' }, '1:1 unknown input arguments: w'],
])('a value %j that does not fit', (given, problem) => {
  expect(scriptOf('v: {regex: "^[a-z]$"}', ['x'], given)).toContain(problem);
});

test('inputs for a file without spec are refused', () => {
  const reading = readPipeline('j: {script: x}\n', { file: 'ci.yml', inputs: { v: 1 } });
  const what = 'Given inputs not defined in the `spec` section of the included configuration file';
  expect(reading).toMatchObject({ kind: 'invalid', problems: [{ at: 'ci.yml:1:1', what }] });
});

test('a text given may hold YAML of its own, and places behind it are still those of the file', () => {
  const text = 'spec: {inputs: {v: {}}}\n---\n$[[ inputs.v ]]\nj: {script: x, scripts: y}\n';
  const reading = readPipeline(text, { file: 'ci.yml', inputs: { v: 'a: {script: x}\nb: {script: x}\nvariables: {K: v}' } });
  const what = 'jobs:j config contains unknown keys: scripts';
  expect(reading).toMatchObject({ kind: 'invalid', problems: [{ at: 'ci.yml:4:16', what }] });
});

test('a list of any texts comes as its JSON', () => {
  const harmless = string({ unit: constantFrom('a', 'ü', ' ', '$', '"', "'", '\\', '[', ']', '{', '#', ':', '|') });
  assert(
    property(array(harmless, { maxLength: 3 }), (values) => {
      expect(scriptOf('v: {type: array}', ['|-\n      $[[ inputs.v ]]'], { v: values })).toEqual([JSON.stringify(values)]);
    }),
    { numRuns: 100, seed: 1 },
  );
});
