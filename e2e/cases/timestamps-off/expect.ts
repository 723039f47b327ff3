import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: { job: { isStamped: false, bytes: [/\nplain\n/] } },
};
