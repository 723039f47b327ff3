import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  variables: [{ key: 'SECRET', value: 'a-secret-0042', masked: true }],
  jobs: { job: { isDebugTrace: true, lines: [/^\++ word=traced$/, 'traced and [MASKED]'], never: ['secret-0042'] } },
};
