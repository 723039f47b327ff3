import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  secrets: { STORED: { service: 'Secrets Manager', name: 'ci/stored', value: 'stored' } },
  variables: [{ key: 'GIVEN', value: 'given' }],
  jobs: { job: { lines: ['s t o r e d ', 's t o r e d '], never: ['g i v e n', 'o f   t h e'] } },
};
