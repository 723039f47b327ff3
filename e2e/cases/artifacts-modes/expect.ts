import type { Case } from '../../src/cases/case.ts';
import { BOTH_WAYS } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: BOTH_WAYS,
  jobs: {
    make: {
      artifacts: {
        archive: { files: { 'out/': '', 'out/run': /^#!/, 'out/empty': '', 'out/link': 'run', 'out/dangling': '../../outside' } },
      },
    },
    use: { lines: ['it runs', 'it runs', '../../outside'] },
  },
};
