import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  jobs: { make: { artifacts: { archive: { files: { file: 'built\n' } } } }, use: { lines: ['built'] } },
};
