import type { Case } from '../../src/cases/case.ts';

export const expected: Case = {
  jobs: {
    none: { lines: [/^WARNING: .*GET_SOURCES_ATTEMPTS is not from 1 to 10; 1 is used/, 'done'] },
    many: { lines: [/^WARNING: .*GET_SOURCES_ATTEMPTS is not from 1 to 10; 10 is used/, 'done'] },
    odd: { lines: [/^WARNING: .*ARTIFACT_DOWNLOAD_ATTEMPTS is not a whole number; 1 is used/, 'done'] },
  },
};
