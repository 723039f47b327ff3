import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    job: {
      sections: [
        'prepare_executor',
        'prepare_script',
        'get_sources',
        'step_script',
        'after_script',
        'upload_artifacts_on_success',
        'cleanup_file_variables',
      ],
      lines: [
        'Running after script...',
        'afterwards',
        'Uploading artifacts...',
        'Uploading artifacts as "archive" to coordinator... 201 Created',
        'Job succeeded',
      ],
      artifacts: { archive: { filename: 'artifacts.zip', files: { 'made.txt': 'made\n' } } },
    },
  },
};
