import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: { job: { lines: ['begun', 'Job succeeded'], never: [/^never$/] } },
};
