import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  variables: [{ key: 'SETTINGS', value: 'mode = strict\n', file: true }],
  jobs: { job: { lines: ['mode = strict'] } },
};
