import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  variables: [
    { key: 'with-dash', value: 'x' },
    { key: 'UID', value: '12345' },
    { key: 'RANDOM', value: 'x[$(touch /tmp/never)]' },
    { key: 'GOOD', value: 'goes on' },
  ],
  jobs: {
    job: {
      lines: [
        /^WARNING: .*variable "with-dash" is left out.*; variable UID is left out.*; variable RANDOM is left out/,
        /^uid \d+$/,
        'goes on',
      ],
      never: ['12345'],
    },
  },
};
