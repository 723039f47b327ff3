import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  jobs: {
    hello: {
      sections: ['prepare_executor', 'prepare_script', 'get_sources', 'step_script', 'cleanup_file_variables'],
      lines: [/^Running with /, '$ echo "hello from $CI_JOB_NAME"', 'hello from hello', 'Job succeeded'],
    },
  },
};
