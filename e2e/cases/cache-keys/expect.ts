import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    cleaned: {
      lines: [/^WARNING: .*\.\.\/up-non_protected.*up-non_protected/, 'Creating cache up-non_protected...', 'Created cache'],
    },
    files: { lines: [/^Creating cache deps-[0-9a-f]{40}-non_protected\.\.\.$/, 'Created cache'] },
  },
};
