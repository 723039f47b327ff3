import { array, assert, constantFrom, letrec, oneof, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { JOB_KEYWORDS, ROOT_KEYWORDS } from './keyword.ts';
import { readPipeline } from './read-pipeline.ts';

/** Whatever is read is a pipeline with jobs, or problems with places. */
function hasOutcome(text: string): void {
  const reading = readPipeline(text, { file: 'ci.yml' });
  if (reading.kind === 'valid') expect(reading.pipeline.jobs.length).toBeGreaterThan(0);
  else expect(reading.problems.filter(({ at }) => /^ci\.yml:[1-9]\d*:[1-9]\d*$/.test(at ?? ''))).not.toEqual([]);
}

test('any text is read or refused, and never throws', () => {
  const scraps = constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    '- ',
    '&a',
    '*a',
    '<<',
    '!reference ',
    '[',
    ']',
    '{',
    '}',
    '"',
    '|',
    '---\n',
    '$[[',
    ']]',
    '\0',
  );
  const text = oneof(
    string({ unit: 'binary' }),
    array(scraps, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  assert(property(text, hasOutcome), { numRuns: 300, seed: 1 });
});

test('keywords with anything in them are read or refused, and never throw', () => {
  const words = constantFrom(
    ...JOB_KEYWORDS,
    'if',
    'matrix',
    'paths',
    'key',
    'files',
    'name',
    'value',
    'local',
    'auto_cancel',
    '__proto__',
  );
  const scalars = constantFrom(null, true, 0, -1, 1e300, '', 'x', '$X', '/(/', '1 day', '.a', 'a');
  const { tree } = letrec((tie) => ({
    tree: oneof({ maxDepth: 4 }, scalars, array(tie('tree'), { maxLength: 3 }), tie('map')),
    map: array(array(oneof(words, tie('tree')), { minLength: 2, maxLength: 2 }), { maxLength: 3 }).map((pairs) =>
      Object.fromEntries(pairs.map(([key, value]) => [typeof key === 'string' ? key : 'x', value])),
    ),
  }));
  const keys = constantFrom(...ROOT_KEYWORDS, 'a', '.a', 'b');
  const roots = array(keys, { maxLength: 5 });
  assert(
    property(roots, array(tree, { minLength: 5, maxLength: 5 }), (names, values) => {
      hasOutcome(JSON.stringify(Object.fromEntries(names.map((name, index) => [name, values[index]]))));
    }),
    { numRuns: 300, seed: 1 },
  );
});
