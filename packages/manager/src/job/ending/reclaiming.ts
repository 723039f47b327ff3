import { deadlineSignal } from '@fargate-gitlab-runner/kernel';
import { readPlacement } from '../../fleet/stored-placement.ts';
import type { RecordedPlacement } from '../../store/job-record.ts';
import type { JobTools } from '../job-tools.ts';
import { recordedTask } from '../placing/placing.ts';
import type { RecordedJob } from '../recorded-job.ts';

/** Stopping has a clock of its own: it is tried this long whatever became of the job. */
const RECLAIM_MS = 120_000;
const FIRST_PAUSE_MS = 1000;

/** What reclaiming works with. */
type ReclaimTools = Pick<JobTools, 'clock' | 'emit'> & { readonly fleet: Pick<JobTools['fleet'], 'find' | 'stop'> };

/**
 * Stops every task that was started for the job and turns the record into a tombstone. When a task can't be stopped in time the record
 * stays as it is, for the next look; `ci-deadline` ends the task in the worst case. All of them are stopped at the same time: ECS forgets
 * tasks an hour after their end, and to make sure that one is forgotten takes so long that a task after it in a row might not get its turn.
 */
export async function reclaimJob(tools: ReclaimTools, job: RecordedJob, leave: AbortSignal): Promise<void> {
  using deadline = deadlineSignal(tools.clock, RECLAIM_MS, leave);
  const { jobId, runner, placements } = job.record;
  const stops = await Promise.allSettled(placements.map((placement) => stopPlacement(tools, { job, placement }, deadline.signal)));
  for (const stop of stops) if (stop.status === 'rejected') throw stop.reason;
  await job.change(() => ({ phase: 'done' }), leave);
  tools.emit({ name: 'job.reclaimed', jobId, runner });
}

async function stopPlacement(
  tools: ReclaimTools,
  of: { readonly job: RecordedJob; readonly placement: RecordedPlacement },
  signal: AbortSignal,
) {
  const { jobId, runner } = of.job.record;
  const task = recordedTask(of.placement) ?? (await tools.fleet.find(readPlacement(of.placement.request), signal));
  if (!task) return;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    const outcome = await tools.fleet.stop(task, `job ${jobId} is over`, signal);
    if (outcome.kind === 'stopped') return;
    tools.emit({ name: 'reclaim.failed', jobId, runner, taskArn: task.taskArn, cause: outcome.cause });
    await tools.clock.sleep(pauseMs, signal);
  }
}
