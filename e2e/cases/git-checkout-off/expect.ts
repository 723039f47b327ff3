import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: { job: { lines: ['Skipping Git checkout', 'commit'], never: ['Checking out'] } },
};
