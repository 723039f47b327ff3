import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    allowed: { status: 'failed', failureReason: 'script_failure', exitCode: 42, isAllowedToFail: true },
    after: { lines: ['went on'] },
  },
};
