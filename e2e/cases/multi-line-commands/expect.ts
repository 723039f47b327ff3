import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  jobs: {
    job: {
      lines: [
        '$ for word in one two; do # collapsed multi-line command',
        'word one',
        'word two',
        "$ cat << 'END' # collapsed multi-line command",
        'as it is: $HOME `id`',
        '$ echo last',
        'last',
      ],
    },
  },
};
