import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  jobs: {
    usual: { lines: [/^Removing ignored$/, /^Removing kept\/$/, 'lacks kept/file', 'lacks ignored'] },
    none: { lines: [/\[new branch\]/, 'has kept/file', 'has ignored'] },
    some: { lines: ['has kept/file', 'lacks ignored'] },
  },
};
