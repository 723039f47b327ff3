import type { Case } from '../../src/cases/case.ts';
import { EVERY_SHELL } from '../../src/cases/cell.ts';

const failed = (exitCode: number) => ({ status: 'failed', failureReason: 'script_failure', exitCode, never: ['$ echo never'] }) as const;

export const expected: Case = {
  cells: EVERY_SHELL,
  jobs: {
    plain: { ...failed(1), lines: ['before', '$ false', 'ERROR: Job failed: exit code 1'] },
    chosen: { ...failed(42), lines: ['ERROR: Job failed: exit code 42'] },
    unknown: { ...failed(127), lines: [/no-such-program-here.*not found/] },
    function: failed(7),
    green: { never: ['$ echo never'] },
  },
};
