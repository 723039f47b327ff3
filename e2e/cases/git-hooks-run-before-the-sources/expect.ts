import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    good: { lines: ['before', 'and good', /^Checking out /] },
    bad: {
      status: 'failed',
      failureReason: 'script_failure',
      exitCode: 9,
      sections: ['prepare_executor', 'prepare_script', 'get_sources', 'cleanup_file_variables'],
    },
  },
};
