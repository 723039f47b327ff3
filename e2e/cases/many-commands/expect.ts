import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: { job: { lines: ['command 1 1', 'command 2 2', 'command 100 100', 'command 200 200', 'Job succeeded'] } },
};
