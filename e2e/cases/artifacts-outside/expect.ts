import type { Case } from '../../src/cases/case.ts';
import { BASH_BOTH_WAYS } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: BASH_BOTH_WAYS,
  jobs: {
    job: {
      lines: [
        'WARNING: /etc/passwd: not a path in the project directory, left out',
        'WARNING: ../../secret: not a path in the project directory, left out',
      ],
      artifacts: { archive: { files: { 'in.txt': 'in\n' } } },
    },
  },
};
