import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  jobs: { job: { lines: ['done', /^WARNING: nowhere\/?: no matching files/, 'WARNING: No files to cache', 'Job succeeded'] } },
};
