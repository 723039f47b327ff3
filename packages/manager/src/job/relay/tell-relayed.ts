import type { TracedJob } from '../drive/traced-job.ts';
import type { Relayed } from './serve-relay.ts';

/** Tells that something went through the manager, and how that ended. */
export function tellRelayed(name: 'artifact.relayed' | 'cache.relayed', { tools, job }: TracedJob): (relayed: Relayed) => void {
  const { jobId, runner } = job.record;
  return ({ ask, outcome, seconds }) => {
    const { direction, isAgain } = ask;
    tools.emit({ name, jobId, runner, direction, bytes: outcome.bytes, seconds, isDone: outcome.isDone, isAgain });
  };
}
