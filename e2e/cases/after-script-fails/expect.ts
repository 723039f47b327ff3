import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  jobs: {
    ignored: { lines: ['begun', 'Job succeeded'], never: [/^never$/] },
    counted: { status: 'failed', failureReason: 'script_failure', exitCode: 6, lines: ['begun', 'ERROR: Job failed: exit code 6'] },
    both: { status: 'failed', failureReason: 'script_failure', exitCode: 3, lines: ['begun', 'ERROR: Job failed: exit code 3'] },
  },
};
