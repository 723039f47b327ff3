import type { Case } from '../../src/cases/case.ts';

const failed = (exitCode: number) => ({ status: 'failed', failureReason: 'script_failure', exitCode }) as const;

export const expected: Case = {
  jobs: {
    'by-reason': { ...failed(1), tries: 2 },
    'other-reason': failed(1),
    'by-code': { ...failed(7), tries: 3 },
    'other-code': failed(8),
  },
};
