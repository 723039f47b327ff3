import type { JobFacts } from '../job-tools.ts';

/** The longest trace that a job of this runner may have, in bytes. */
export function outputLimitBytes({ runner }: Pick<JobFacts, 'runner'>): number {
  return runner.outputLimitKiB * 1024;
}
