import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    make: { dotenv: { VERSION: '1.2', WITH_EQUALS: 'a=b c' }, artifacts: { dotenv: { content: 'VERSION=1.2\nWITH_EQUALS=a=b c\n' } } },
    use: { lines: ['1.2, a=b c'] },
    none: { lines: ['of the file, nothing'] },
  },
};
