import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
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
