import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  jobs: { fill: { lines: ['Created cache'] }, use: { lines: ['Successfully extracted cache', 'new', 'skip', 'of the commit'] } },
};
