import type { Case } from '../../src/cases/case.ts';
import { BOTH_WAYS } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: BOTH_WAYS,
  jobs: {
    job: {
      status: 'failed',
      failureReason: 'script_failure',
      exitCode: 3,
      sections: [
        'prepare_executor',
        'prepare_script',
        'get_sources',
        'step_script',
        'after_script',
        'upload_artifacts_on_failure',
        'cleanup_file_variables',
      ],
      lines: ['$ exit 3', 'afterwards', 'Uploading artifacts...', 'ERROR: Job failed: exit code 3'],
      never: ['$ echo never'],
      artifacts: { archive: { files: { 'made.txt': 'made\n' } } },
    },
  },
};
