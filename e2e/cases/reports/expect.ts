import type { Case } from '../../src/cases/case.ts';
import { BASH_BOTH_WAYS } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: BASH_BOTH_WAYS,
  jobs: {
    job: {
      status: 'failed',
      failureReason: 'script_failure',
      exitCode: 1,
      lines: [
        'Uploading artifacts for failed job',
        'Uploading artifacts as "junit" to coordinator... 201 Created',
        'Uploading artifacts as "terraform" to coordinator... 201 Created',
      ],
      artifacts: { junit: { filename: 'junit.xml.gz', content: '<testsuites/>\n' }, terraform: { content: '{}\n' } },
    },
  },
};
