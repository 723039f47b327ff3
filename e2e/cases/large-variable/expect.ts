import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  variables: [{ key: 'LARGE', value: `${"it's ".repeat(19_998)}the end!!!` }],
  jobs: { job: { lines: [/^\s*100000$/, /^he end!!!/] } },
};
