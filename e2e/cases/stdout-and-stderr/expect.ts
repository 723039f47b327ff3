import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  jobs: { job: { lines: ['out 1', 'err 1', 'out 2', 'err 2', 'out 3', 'err 3', 'out 4', 'err 4', 'out 5', 'err 5', 'reopened', 'end'] } },
};
