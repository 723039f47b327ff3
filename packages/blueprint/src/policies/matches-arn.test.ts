import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesArn } from './matches-arn.ts';

const cases: readonly (readonly [pattern: string, arn: string, matches: boolean])[] = [
  ['secret:ci/db-AbCdEf', 'secret:ci/db-AbCdEf', true],
  ['secret:ci/db-AbCdEf', 'secret:ci/db-abcdef', false],
  ['secret:ci/*', 'secret:ci/db-AbCdEf', true],
  ['secret:ci/*', 'secret:ci/', true],
  ['secret:ci/*', 'secret:cix/db-AbCdEf', false],
  ['secret:ci/db-??????', 'secret:ci/db-AbCdEf', true],
  ['secret:ci/db-??????', 'secret:ci/db-2-AbCdEf', false],
  ['*db*-??????', 'a/db/b-AbCdEf', true],
  ['a*bc*bc', 'abc', false],
  ['a*bc*bc', 'abcbc', true],
  ['a*a', 'a', false],
  ['', '', true],
];

describe('ARN patterns', () => {
  it.each(cases)('%s and %s', (pattern, arn, matches) => {
    expect(matchesArn(pattern, arn)).toBe(matches);
  });

  it('agree with the regular expression that says the same', () => {
    const text = (alphabet: string) => fc.array(fc.constantFrom(...alphabet), { maxLength: 12 }).map((letters) => letters.join(''));
    fc.assert(
      fc.property(text('ab*?'), text('ab'), (pattern, arn) => {
        const same = new RegExp(`^${pattern.replaceAll('?', '.').replaceAll('*', '.*')}$`);
        expect(matchesArn(pattern, arn)).toBe(same.test(arn));
      }),
      { numRuns: 2000 },
    );
  });
});
