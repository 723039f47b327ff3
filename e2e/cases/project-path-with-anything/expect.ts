import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

const PATH = 'Größe und Ähnliches/it\'s "mine"';

export const expected: Case = {
  cells: EVERY_SHELL,
  project: PATH,
  jobs: {
    job: { lines: [PATH, PATH, 'afterwards in it\'s "mine"'], artifacts: { archive: { files: { 'made.txt': 'made\n' } } } },
  },
};
