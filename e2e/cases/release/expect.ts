import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    job: {
      sections: ['prepare_executor', 'prepare_script', 'get_sources', 'step_script', 'step_release', 'cleanup_file_variables'],
      lines: [/^release-cli was called: .*made by job/, 'without the variable of the script'],
    },
  },
};
