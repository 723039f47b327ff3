import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  jobs: {
    job: { lines: [/^untracked: found \d files$/], artifacts: { archive: { files: { 'new.txt': 'new\n', 'skip.tmp': 'ignored\n' } } } },
  },
};
