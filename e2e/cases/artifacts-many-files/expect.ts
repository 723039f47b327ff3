import type { Case } from '../../src/cases/case.ts';
import { BASH_BOTH_WAYS } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: BASH_BOTH_WAYS,
  jobs: {
    make: { lines: [/^many\/?: found 1001 matching artifact files and directories$/], artifacts: { archive: {} } },
    use: { lines: [/^\s*1000$/, '1000'] },
  },
};
