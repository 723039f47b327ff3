import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  jobs: {
    fill: {
      sections: [
        'prepare_executor',
        'prepare_script',
        'get_sources',
        'restore_cache',
        'step_script',
        'archive_cache',
        'upload_artifacts_on_success',
        'cleanup_file_variables',
      ],
      lines: [
        'Checking cache for deps-non_protected...',
        'WARNING: Failed to extract cache',
        'Creating cache deps-non_protected...',
        'Created cache',
      ],
      artifacts: { archive: { files: { 'single file': 'one\n' } } },
    },
    use: {
      lines: [
        'Checking cache for deps-non_protected...',
        'Successfully extracted cache',
        'made by fill',
        'made by fill',
        'one',
        'Created cache',
      ],
    },
  },
};
