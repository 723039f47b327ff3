import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  variables: [{ key: 'THREE', value: 'pipeline' }],
  jobs: { job: { lines: ['global job pipeline'] }, without: { lines: ['global nothing pipeline'] } },
};
