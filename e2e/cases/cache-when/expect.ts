import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    passed: {
      isAllowedToFail: true,
      lines: ['Saving cache for successful job', 'Creating cache good-non_protected...', 'Creating cache ever-non_protected...'],
      never: ['Creating cache bad'],
    },
    failed: {
      status: 'failed',
      failureReason: 'script_failure',
      exitCode: 3,
      isAllowedToFail: true,
      sections: [
        'prepare_executor',
        'prepare_script',
        'get_sources',
        'restore_cache',
        'step_script',
        'archive_cache_on_failure',
        'cleanup_file_variables',
      ],
      lines: ['Saving cache for failed job', 'Creating cache bad-non_protected...', 'Creating cache ever-non_protected...'],
      never: ['Creating cache good'],
    },
  },
};
