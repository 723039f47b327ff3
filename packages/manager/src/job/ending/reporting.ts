import { reportOf } from './ending-lines.ts';
import type { TracedJob } from '../drive/traced-job.ts';

/**
 * Sends what is left of the trace, and tells GitLab how the job ended. The ending is recorded already, and so is the last line: a successor
 * that comes here again reports the same. Resolves also when GitLab could not be reached for as long as it is tried.
 */
export async function reportJob(traced: TracedJob): Promise<void> {
  const { job, control, sender, tools } = traced;
  const { ending, jobId, runner } = job.record;
  const report = reportOf(job.record);
  if (!ending || !report) return;
  const outcome = await sender.finish(report, control.leave);
  tools.emit({ name: 'job.reported', jobId, runner, result: outcome.kind });
}
