import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  ref: 'topic/one',
  jobs: {
    job: {
      lines: [
        /^Checking out [0-9a-f]{8} as detached HEAD \(ref is topic\/one\)\.\.\.$/,
        'Skipping Git submodules setup',
        'topic/one topic/one on the topic',
        'detached',
      ],
    },
  },
  async history(git) {
    await git.git('checkout', '--quiet', '-b', 'topic/one');
    await git.commit({ where: 'on the topic\n' });
    await git.git('checkout', '--quiet', 'main');
    await git.commit({ where: 'on main\n' });
  },
};
