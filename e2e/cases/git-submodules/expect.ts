import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    none: { lines: ['Skipping Git submodules setup', 'lacks its folder/file'] },
    normal: { lines: [/^Updating\/initializing submodules/, 'of the outer one', 'lacks its folder/deep/file'] },
    recursive: {
      lines: ['Updating/initializing submodules recursively with git depth set to 1...', 'of the outer one', 'of the inner one'],
    },
    odd: {
      status: 'failed',
      failureReason: 'script_failure',
      exitCode: 1,
      lines: ['ERROR: GIT_SUBMODULE_STRATEGY is sideways; it may be none, normal or recursive'],
    },
  },

  async history(git) {
    const inner = await git.beside('inner');
    await inner.commit({ file: 'of the inner one\n' });
    const outer = await git.beside('outer');
    await outer.commit({ file: 'of the outer one\n' });
    await outer.git('submodule', '--quiet', 'add', inner.folder, 'deep');
    await outer.git('config', '--file', '.gitmodules', 'submodule.deep.url', '../inner.git');
    await outer.commit({}, 'a submodule');
    await git.git('submodule', '--quiet', 'add', outer.folder, 'its folder');
    await git.git('config', '--file', '.gitmodules', 'submodule.its folder.url', '../outer.git');
    await git.commit({}, 'a submodule');
  },
};
