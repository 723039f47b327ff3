import type { Case } from '../../src/cases/case.ts';
import { BOTH_WAYS } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: BOTH_WAYS,
  jobs: {
    job: {
      lines: ['of this run, without an end'],
      artifacts: { archive: { filename: 'made by of this run.zip', files: { 'file of this run.txt': 'found\n' } } },
    },
  },
};
