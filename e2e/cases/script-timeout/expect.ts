import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  jobs: {
    job: {
      status: 'failed',
      failureReason: 'job_execution_timeout',
      lines: ['after: timedout', 'Uploading artifacts for failed job', /^ERROR: Job failed: /],
      never: [/^never$/],
      artifacts: { archive: { files: { 'kept.txt': 'kept\n' } } },
    },
  },
};
