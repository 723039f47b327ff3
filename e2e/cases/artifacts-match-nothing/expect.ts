import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: EVERY_SHELL,
  jobs: {
    job: {
      lines: [
        /^WARNING: nowhere\/?: no matching files\. Ensure that the artifact path is relative to the working directory \(\//,
        /^WARNING: \*\.nothing: no matching files/,
        'ERROR: No files to upload',
        'Job succeeded',
      ],
    },
  },
};
