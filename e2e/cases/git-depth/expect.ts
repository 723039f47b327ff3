import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    usual: { lines: ['Fetching changes with git depth set to 20...', 'commits: 20'] },
    one: { lines: ['Fetching changes with git depth set to 1...', 'Created fresh repository.', 'commits: 1'] },
    all: { lines: ['Fetching changes...', 'commits: 26'] },
  },
  async history(git) {
    for (let at = 0; at < 25; at++) await git.commit({}, `commit ${at}`);
  },
};
