import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    none: {
      lines: ['Skipping Git repository setup', 'Skipping Git checkout', 'lacks .gitlab-ci.yml', 'lacks .left', 'git-strategies'],
      never: ['mkdir -p'],
    },
    empty: {
      lines: [
        'Skipping Git repository setup and creating an empty build directory',
        'lacks .gitlab-ci.yml',
        'lacks .left',
        'git-strategies-empty',
      ],
      never: ['mkdir -p'],
    },
    clone: { lines: [/^\$ mkdir -p/, 'Created fresh repository.', 'has .gitlab-ci.yml', 'lacks .left'] },
    fetch: { lines: [/^\$ mkdir -p/, 'has .gitlab-ci.yml', 'has .left'] },
    odd: { lines: [/^WARNING: .*GIT_STRATEGY is neither of clone, fetch, none or empty; fetch is used/, 'has .left'] },
  },
};
