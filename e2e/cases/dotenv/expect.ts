import type { Case } from '../../src/cases/case.ts';
import { BASH_BOTH_WAYS } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: BASH_BOTH_WAYS,
  jobs: {
    make: { dotenv: { VERSION: '1.2', WITH_EQUALS: 'a=b c' }, artifacts: { dotenv: { content: 'VERSION=1.2\nWITH_EQUALS=a=b c\n' } } },
    use: { lines: ['1.2, a=b c'] },
    none: { lines: ['of the file, nothing'] },
  },
};
