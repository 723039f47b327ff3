import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: { job: { lines: [/^x{20480}$/], bytes: [/Z 01O x{1000,}\n[^\n]{28}01O\+x{1000,}\n/] } },
};
