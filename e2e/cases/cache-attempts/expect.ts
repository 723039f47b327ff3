import type { Case } from '../../src/cases/case.ts';

const UNKNOWN = /^ERROR: cache policy "sideways" is unknown/;

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
        'restore_cache',
        'restore_cache',
        'restore_cache',
        'cleanup_file_variables',
      ],
      lines: [UNKNOWN, 'WARNING: Retrying...', UNKNOWN, 'WARNING: Retrying...', UNKNOWN],
      never: ['$ echo never'],
    },
    missed: {
      sections: [
        'prepare_executor',
        'prepare_script',
        'get_sources',
        'restore_cache',
        'step_script',
        'archive_cache',
        'cleanup_file_variables',
      ],
      lines: ['WARNING: Failed to extract cache', 'done'],
      never: ['Retrying'],
    },
  },
};
