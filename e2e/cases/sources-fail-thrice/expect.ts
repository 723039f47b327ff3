import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    job: {
      status: 'failed',
      failureReason: 'script_failure',
      exitCode: 129,
      sections: [
        'prepare_executor',
        'prepare_script',
        'get_sources',
        'clear_worktree',
        'get_sources',
        'get_sources',
        'upload_artifacts_on_failure',
        'cleanup_file_variables',
      ],
      lines: [
        /no-such-flag/,
        'Deleting all tracked and untracked files due to source fetch failure',
        'WARNING: Retrying...',
        'WARNING: Retrying...',
        'ERROR: No files to upload',
      ],
      never: ['$ echo never', 'after_script'],
    },
  },
};
