import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: { job: { lines: [/^a\ufffd+b\ufffd+c$/, '\u00e4|'] } },
};
