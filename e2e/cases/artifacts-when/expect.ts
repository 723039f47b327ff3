import type { Case } from '../../src/cases/case.ts';
import { BASH_BOTH_WAYS } from '../../src/cases/cell.ts';

const failed = { status: 'failed', failureReason: 'script_failure', exitCode: 1, isAllowedToFail: true } as const;
const log = { files: { 'log.txt': 'log\n' } };

export const expected: Case = {
  cells: BASH_BOTH_WAYS,
  jobs: {
    'success-only-failed': { ...failed, never: ['Uploading artifacts'] },
    'failure-only-failed': { ...failed, lines: ['Uploading artifacts for failed job'], artifacts: { archive: log } },
    'failure-only-passed': { isAllowedToFail: true, never: ['Uploading artifacts'] },
    'always-passed': { isAllowedToFail: true, lines: ['Uploading artifacts for successful job'], artifacts: { archive: log } },
  },
};
