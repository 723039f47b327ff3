import { deadlineSignal, systemClock } from '@fargate-gitlab-runner/kernel';
import type { Rig } from '@fargate-gitlab-runner/testkit';
import { jobFailure } from './job-failure.ts';
import { TALKING, TALKING_SCRIPT } from './talking-job.ts';

/** Fargate starts 20 tasks a second; two thirds of it leave this machine room to start the workers. */
const RAMP_PAUSE_MS = 75;
const RAMP_WITHIN_MS = 180_000;

/** Starts the jobs gently; resolves with their ids when GitLab has the first line of each. */
export async function allTalking(rig: Rig, jobs: number): Promise<readonly string[]> {
  const jobIds: string[] = [];
  for (let n = 0; n < jobs; n++) {
    jobIds.push((await rig.gitlab.control.enqueueJob({ script: [TALKING_SCRIPT] })).id);
    await systemClock.sleep(RAMP_PAUSE_MS);
  }
  await allHeard(rig, new Set(jobIds));
  return jobIds;
}

/** Resolves when GitLab has the first line of each of these jobs. */
async function allHeard(rig: Rig, silent: Set<string>): Promise<void> {
  using limit = deadlineSignal(systemClock, RAMP_WITHIN_MS);
  try {
    for await (const event of rig.gitlab.control.follow({ kinds: ['trace', 'job'], signal: limit.signal })) {
      if (event.kind === 'job' && event.to === 'failed') throw await jobFailure(rig, event.jobId);
      if (event.kind === 'trace' && event.bytes.includes(TALKING)) silent.delete(event.jobId);
      if (silent.size === 0) return;
    }
  } catch (error) {
    if (!limit.signal.aborted) throw error;
  }
  throw new Error(`${silent.size} jobs have said nothing ${RAMP_WITHIN_MS / 1000} s after the last was enqueued`);
}
