import type { Case } from '../../src/cases/case.ts';

const BASH = { shell: 'bash', way: 'tools' } as const;
const BUSYBOX = { shell: 'busybox', way: 'tools' } as const;

export const expected: Case = {
  cells: [BASH, BUSYBOX],
  jobs: { job: { status: 'failed', failureReason: 'script_failure', exitCode: 1, lines: ['$ false | true'], never: ['$ echo never'] } },
};
