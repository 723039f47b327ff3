import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  variables: [{ key: 'SECRET', value: 'kqzw\'jxvq"$kjzx\\xqjw', masked: true, raw: true }],
  jobs: {
    job: {
      isDebugTrace: true,
      lines: [/^\++ echo '?\[MASKED\]\|'?$/, '[MASKED]|', 'before [MASKED] after|'],
      never: ['kqzw', 'jxvq', 'kjzx', 'xqjw'],
    },
  },
};
