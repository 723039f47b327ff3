import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

const BRANCH = 'feature/it\'s-"$(id>touched)"-`id`-&;|<>-ä€%s';

export const expected: Case = {
  cells: EVERY_SHELL,
  ref: BRANCH,
  jobs: { job: { lines: [BRANCH, 'untouched'] } },
  async history(git) {
    await git.git('checkout', '--quiet', '-b', BRANCH);
    await git.commit({});
  },
};
