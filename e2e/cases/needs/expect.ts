import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    quick: { artifacts: { archive: { files: { 'quick.txt': 'quick\n' } } } },
    early: { lines: ['quick'] },
    broken: { status: 'failed', failureReason: 'script_failure', exitCode: 1, isAllowedToFail: true },
  },
};
