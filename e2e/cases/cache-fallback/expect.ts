import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    fill: { lines: ['Created cache'] },
    use: {
      lines: [
        'Checking cache for new-non_protected...',
        'Checking cache for none-non_protected...',
        'Checking cache for old-non_protected...',
        'Successfully extracted cache',
        'old',
      ],
    },
    last: {
      lines: ['Checking cache for new-non_protected...', 'Checking cache for old-non_protected...', 'Successfully extracted cache', 'old'],
    },
    refused: { lines: [/^WARNING: .*CACHE_FALLBACK_KEY/], never: ['Checking cache for old'] },
  },
};
