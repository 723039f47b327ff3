import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    job: {
      sections: [
        'prepare_executor',
        'prepare_script',
        'get_sources',
        'clear_worktree',
        'get_sources',
        'step_script',
        'cleanup_file_variables',
      ],
      lines: ['WARNING: Retrying...', 'checked out'],
    },
  },
};
