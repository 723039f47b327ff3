import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  jobs: {
    term: { status: 'failed', failureReason: 'script_failure', exitCode: 143 },
    kill: { status: 'failed', failureReason: 'script_failure', exitCode: 137 },
  },
};
