import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    job: {
      lines: ['https://x.example/?X-Amz-Signature=[MASKED]&y=1', 'https://x.example/?a=1&private_token=[MASKED] end'],
      never: ['abc123', 'tok%2D9'],
    },
  },
};
