import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  variables: [
    { key: 'SHORT', value: 'hunter2-hunter2', masked: true },
    { key: 'LONG', value: 'hunter2-hunter2-and-more', masked: true },
  ],
  jobs: {
    job: {
      lines: ['https://user:[MASKED]@example.com', '[MASKED]|', '[MASKED]|', /gitlab-ci-token:\[MASKED\]@/],
      never: ['hunter2', '-and-more'],
    },
  },
};
