import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    job: {
      status: 'failed',
      failureReason: 'script_failure',
      exitCode: 1,
      lines: ['ERROR: a raw artifact is exactly one file, and 2 match'],
    },
  },
};
