import type { Case } from '../../src/cases/case.ts';
import { TALKATIVE } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: TALKATIVE,
  jobs: {
    job: {
      lines: [
        'operator: before the sources',
        /^Checking out /,
        'operator: after the sources',
        'operator: before the script',
        'said, by the job, job, yes',
        'operator: after the script',
        'after without',
      ],
    },
    failing: { status: 'failed', failureReason: 'script_failure', exitCode: 4, never: [/^operator: after the script$/] },
  },
};
