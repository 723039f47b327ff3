import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    make: { lines: [/^many\/?: found 1001 matching artifact files and directories$/], artifacts: { archive: {} } },
    use: { lines: [/^\s*1000$/, '1000'] },
  },
};
