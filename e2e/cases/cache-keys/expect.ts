import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    cleaned: {
      lines: [
        /^WARNING: .*\.\.\/up\/cleaned-non_protected.*up\/cleaned-non_protected/,
        'Creating cache up/cleaned-non_protected...',
        'Created cache',
      ],
    },
    files: { lines: [/^Creating cache deps-[0-9a-f]{40}-non_protected\.\.\.$/, 'Created cache'] },
  },
};
