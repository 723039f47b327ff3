import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  ref: "v1.0-it's",
  jobs: { job: { lines: ["tag v1.0-it's, branch none, 1.0", "v1.0-it's"] } },
  async history(git) {
    await git.commit({ version: '1.0\n' });
    await git.git('tag', '--annotate', '--message', 'one', "v1.0-it's");
    await git.commit({ version: '2.0\n' });
  },
};
