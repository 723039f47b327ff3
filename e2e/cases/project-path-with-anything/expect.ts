import type { Case } from '../../src/cases/case.ts';
import { BOTH_WAYS } from '../../src/cases/cell.ts';

const PATH = 'Größe und Ähnliches/it\'s "mine"';

export const expected: Case = {
  cells: BOTH_WAYS,
  project: PATH,
  jobs: {
    job: { lines: [PATH, PATH, 'afterwards in it\'s "mine"'], artifacts: { archive: { files: { 'made.txt': 'made\n' } } } },
  },
};
