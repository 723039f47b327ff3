import type { Case } from '../../src/cases/case.ts';
import { BASH_BOTH_WAYS } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: BASH_BOTH_WAYS,
  jobs: {
    job: {
      status: 'failed',
      failureReason: 'script_failure',
      exitCode: 1,
      sections: [
        'prepare_executor',
        'prepare_script',
        'get_sources',
        'step_script',
        'upload_artifacts_on_success',
        'cleanup_file_variables',
      ],
      lines: [/^ERROR: Uploading artifacts as "archive" to coordinator\.\.\. 413/, /larger than this GitLab allows/],
    },
  },
};
