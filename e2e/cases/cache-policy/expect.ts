import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    push: { lines: ['Not downloading cache k-non_protected due to policy', 'Created cache'] },
    pull: { lines: ['Successfully extracted cache', 'pushed', 'Not uploading cache k-non_protected due to policy'] },
    both: { lines: ['Successfully extracted cache', 'pushed'], never: ['due to policy'] },
    wrong: {
      status: 'failed',
      failureReason: 'script_failure',
      exitCode: 1,
      lines: [/^ERROR: cache policy "sideways" is unknown/],
      never: ['$ echo never'],
    },
  },
};
