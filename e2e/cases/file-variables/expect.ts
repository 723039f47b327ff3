import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  variables: [{ key: 'CERT', value: "-----BEGIN-----\nit's `$not` expanded\n-----END-----", file: true, raw: true }],
  jobs: { job: { lines: ['PROJECT.tmp/CERT', '-rw-------', 'there again'] } },
};
