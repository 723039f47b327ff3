import { reportOf, sayEnding } from './ending-lines.ts';
import { Fenced } from './recorded-job.ts';
import type { TracedJob } from './traced-job.ts';

/**
 * Says the last line, sends what is left of the trace, and tells GitLab how the job ended. The ending is recorded already: a successor
 * that comes here again says and reports the same. Resolves also when GitLab could not be reached for as long as it is tried.
 */
export async function reportJob(traced: TracedJob): Promise<void> {
  const { job, control, sender, tools, say } = traced;
  const { ending, jobId, runner } = job.record;
  const report = reportOf(job.record);
  if (!ending || !report) return;
  sayEnding(say, ending);
  const outcome = await sender.finish(report, control.leave);
  if (outcome.kind === 'stale') throw new Fenced(jobId, 'its worker is at a later generation');
  tools.emit({ name: 'job.reported', jobId, runner, result: outcome.kind });
}
