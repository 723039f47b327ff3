import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  protectedRefs: ['main'],
  jobs: { job: { lines: ['Creating cache a-protected...', 'Creating cache b-non_protected...'] } },
};
