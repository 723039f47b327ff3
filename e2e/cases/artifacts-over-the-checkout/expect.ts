import type { Case } from '../../src/cases/case.ts';
import { BOTH_WAYS } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: BOTH_WAYS,
  jobs: { make: { artifacts: { archive: { files: { file: 'built\n' } } } }, use: { lines: ['built'] } },
};
