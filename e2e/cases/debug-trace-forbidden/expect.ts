import type { Case } from '../../src/cases/case.ts';
import { STRICT } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: STRICT,
  jobs: {
    job: {
      lines: ['WARNING: CI_DEBUG_TRACE and CI_DEBUG_SERVICES are not allowed on this runner; they are taken for false', 'traced, false'],
      never: [/^\++ /],
    },
  },
};
