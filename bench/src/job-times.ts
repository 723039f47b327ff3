import type { EnqueuedJobSpec } from '@fargate-gitlab-runner/emulator-gitlab';
import { assertWholeTrace, type Rig } from '@fargate-gitlab-runner/testkit';
import { jobFailure } from './job-failure.ts';

/** When what happened to a job, by GitLab's clock: wall time in milliseconds. */
export interface JobTimes {
  readonly jobId: string;
  readonly pendingAt: number;
  readonly runningAt: number;
  /** When the PATCH was accepted that completed the mark; undefined without a mark. */
  readonly markAt: number | undefined;
  readonly endedAt: number;
}

/** Puts a job into the queue and resolves when it has succeeded; throws when it ends otherwise, or its trace is not whole or lacks the mark. */
export async function jobTimes(rig: Rig, spec: EnqueuedJobSpec, mark?: string): Promise<JobTimes> {
  const { control } = rig.gitlab;
  const { id: jobId } = await control.enqueueJob(spec);
  const at: Record<string, number> = {};
  let markAt: number | undefined;
  let trace = '';
  for await (const event of control.follow({ jobId, kinds: ['job', 'trace'] })) {
    if (event.kind === 'trace' && mark !== undefined && markAt === undefined) {
      trace += event.bytes.toString('latin1');
      if (trace.includes(mark)) markAt = event.at;
    }
    if (event.kind !== 'job') continue;
    at[event.to] = event.at;
    if (event.to === 'failed' || event.to === 'canceled') throw await jobFailure(rig, jobId);
    if (event.to === 'success') break;
  }
  const { pending, running, success } = at;
  if (pending === undefined || running === undefined || success === undefined) throw new Error(`job ${jobId} has no beginning or end`);
  if (mark !== undefined && markAt === undefined) throw new Error(`the trace of job ${jobId} lacks "${mark}"`);
  await assertWholeTrace(rig, jobId);
  return { jobId, pendingAt: pending, runningAt: running, markAt, endedAt: success };
}
