import type { Case } from '../../src/cases/case.ts';
import { STRICT, STRICT_LOG_BYTES } from '../../src/cases/cell.ts';

export const expected: Case = {
  cells: STRICT,
  jobs: {
    flood: {
      cutAtBytes: STRICT_LOG_BYTES,
      lines: ['1', '2'],
      never: [/^20000$/, 'after the flood'],
      artifacts: { archive: { files: { done: '' } } },
    },
    failing: { cutAtBytes: STRICT_LOG_BYTES, status: 'failed', failureReason: 'script_failure', exitCode: 5 },
    within: { lines: ['1', '200'] },
  },
};
