import { expect, test } from 'vitest';
import { FORMAT_OF, kindRefusal } from './artifact-type.ts';

test('67 each of the 34 types has exactly one format', () => {
  expect(FORMAT_OF.size).toBe(34);
  for (const [type, expected] of FORMAT_OF) {
    const accepted = ['zip', 'gzip', 'raw'].filter((format) => kindRefusal(type, format) === undefined);
    expect([type, accepted]).toEqual([type, [expected]]);
  }
});

test.each([
  ['archive', 'zip'],
  ['metadata', 'gzip'],
  ['trace', 'raw'],
  ['cyclonedx', 'gzip'],
  ['scip', 'zip'],
  ['sarif', 'raw'],
])('67 %s is %s', (type, format) => {
  expect(kindRefusal(type, format)).toBeUndefined();
});
