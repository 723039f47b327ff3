import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: { job: { lines: ['same', 'below'] }, moved: { lines: ['/elsewhere', 'here'] } },
};
