import type { EnqueuedJobSpec, JobView } from '@fargate-gitlab-runner/emulator-gitlab';
import type { Rig } from './rig.ts';
import { traceLines } from './trace-text.ts';

/** A job that has ended, and its log: as bytes, as text and as lines without timestamps, colours and markers. */
export interface EndedJob {
  readonly job: JobView;
  readonly trace: Buffer;
  readonly text: string;
  readonly lines: readonly string[];
}

/** Puts a job into GitLab's queue and resolves when it has ended. A manager must be running. */
export async function runJob(rig: Rig, spec: EnqueuedJobSpec): Promise<EndedJob> {
  const { id } = await rig.gitlab.control.enqueueJob(spec);
  return endedJob(rig, id);
}

/** Resolves when the job has ended. */
export async function endedJob(rig: Rig, jobId: string): Promise<EndedJob> {
  const job = await rig.gitlab.control.jobEnd(jobId);
  const trace = await rig.gitlab.control.trace(jobId);
  const lines = traceLines(trace);
  return { job, trace, text: lines.join('\n'), lines };
}
