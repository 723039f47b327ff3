import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    failing: { status: 'failed', failureReason: 'script_failure', exitCode: 43 },
    after: { status: 'skipped' },
    'on-failure': { lines: ['picked up'] },
    always: { lines: ['whatever'] },
  },
};
