import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: { job: { lines: ['timeout 1200, arch linux/amd64, concurrent 1', 'bash-tools in bash-tools/variables-of-the-runner'] } },
};
