import type { Case } from '../../src/cases/case.ts';
import { BOTH_WAYS } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: BOTH_WAYS,
  jobs: {
    job: { lines: [/^untracked: found \d files$/], artifacts: { archive: { files: { 'new.txt': 'new\n', 'skip.tmp': 'ignored\n' } } } },
  },
};
