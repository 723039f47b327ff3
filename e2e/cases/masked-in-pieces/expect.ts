import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  variables: [{ key: 'SECRET', value: 'aabaabaac', masked: true }],
  jobs: { job: { lines: ['aab[MASKED]|', '[MASKED]|', 'stderr [MASKED]|'], never: ['aabaabaac'] } },
};
