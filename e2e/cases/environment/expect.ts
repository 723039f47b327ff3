import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: { job: { lines: [/^review\/one review-one\S* development$/] } },
};
