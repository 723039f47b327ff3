import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  jobs: {
    good: { isAllowedToFail: true, lines: ['script: running', 'after: success'] },
    bad: {
      status: 'failed',
      failureReason: 'script_failure',
      exitCode: 1,
      isAllowedToFail: true,
      lines: ['script: running', 'after: failed'],
    },
  },
};
