import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    job: {
      status: 'failed',
      failureReason: 'job_execution_timeout',
      lines: ['ERROR: Job failed: execution took longer than 25s seconds'],
      never: ['never afterwards', /^never$/, 'Uploading artifacts'],
    },
  },
};
