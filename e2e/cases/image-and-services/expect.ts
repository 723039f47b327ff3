import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: { job: { lines: [/^WARNING: image: not yet.* alpine:3\.22$/, /^WARNING: services: not yet.* postgres:17$/, 'alpine:3.22'] } },
};
