import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    job: { lines: ['glpat-[MASKED] x', 'glrt-[MASKED]|'], never: ['glpat-abc', 'glrt-t3'] },
    'not-all': { lines: ['glpat-[MASKED] x', 'glrt-t3_zzz|'], never: ['glpat-abc'] },
  },
};
