import type { Case } from '../../src/cases/case.ts';
import { BASH_BOTH_WAYS } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: BASH_BOTH_WAYS,
  jobs: {
    job: {
      status: 'failed',
      failureReason: 'script_failure',
      exitCode: 1,
      lines: ['ERROR: a raw artifact is exactly one file, and 2 match'],
    },
  },
};
