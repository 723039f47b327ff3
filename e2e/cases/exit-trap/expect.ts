import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  jobs: { job: { status: 'failed', failureReason: 'script_failure', exitCode: 3, lines: ['trapped 3', 'afterwards'] } },
};
