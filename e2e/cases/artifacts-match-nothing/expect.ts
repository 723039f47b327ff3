import type { Case } from '../../src/cases/case.ts';
import { BOTH_WAYS } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: BOTH_WAYS,
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
