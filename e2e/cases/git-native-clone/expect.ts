import type { Case } from '../../src/cases/case.ts';

/** What the worker's git can do decides. */
const begun = (depth: number) => new RegExp(`^(?:Cloning repository for main|Fetching changes) with git depth set to ${depth}\\.\\.\\.$`);

export const expected: Case = {
  jobs: {
    usual: {
      lines: [begun(20), /^Checking out [0-9a-f]{8} as detached HEAD/, /^commits: 20, remote: http:\/\/127\.0\.0\.1:/],
      never: [/^commits.*secret/],
    },
    one: { lines: [begun(1), /^commits: 1, remote:/] },
    fetch: { lines: ['Fetching changes with git depth set to 20...', /^commits: 20,/], never: ['NATIVE_CLONE'] },
  },
  async history(git) {
    for (let at = 0; at < 25; at++) await git.commit({}, `commit ${at}`);
  },
};
