import type { Coordinator } from './coordinator.ts';
import { FAILURE_REASONS } from './failure-reason.ts';
import type { Job } from './job.ts';
import type { JobUpdate } from './job-update.ts';

/** The body of a PUT, as far as it decides something. */
export type UpdateClaim = Omit<JobUpdate, 'at' | 'answered'>;

/** Status of the answer to `PUT /jobs/:id`, once the token is known to be good and the job is executing. */
export type UpdateAnswer = 200 | 202 | 400 | 412;

/**
 * Applies one update. The first final state is remembered while 202s are given, and wins over later ones. An unknown failure
 * reason is stored as `unknown_failure`.
 */
export function applyUpdate(coordinator: Coordinator, job: Job, claim: UpdateClaim): UpdateAnswer {
  const answered = decide(coordinator, job, claim);
  const update = { ...claim, at: coordinator.clock.now(), answered };
  job.updates.push(update);
  if (claim.state === 'running' || answered === 400 || answered === 412) return answered;
  job.finalUpdate ??= update;
  if (answered === 200) finish(coordinator, job, job.finalUpdate);
  return answered;
}

function decide({ knobs }: Coordinator, job: Job, claim: UpdateClaim): UpdateAnswer {
  if (claim.state === 'running') return 200;
  if (claim.state !== 'success' && claim.state !== 'failed') return 400;
  if (knobs.rejectedFinals > 0) {
    knobs.rejectedFinals--;
    job.trace.truncate(0);
    return 412;
  }
  const accepted = job.updates.filter((update) => update.answered === 202).length;
  return claim.checksum !== undefined && accepted < knobs.acceptedRepeats ? 202 : 200;
}

function finish(coordinator: Coordinator, job: Job, { state, failureReason, exitCode }: JobUpdate): void {
  const code = exitCode === undefined ? {} : { exitCode };
  if (state === 'success') coordinator.end(job, 'success', code);
  else coordinator.end(job, 'failed', { failureReason: known(failureReason), ...code });
}

function known(reason: string | undefined): string {
  return reason !== undefined && FAILURE_REASONS.includes(reason) ? reason : 'unknown_failure';
}
