import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
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
