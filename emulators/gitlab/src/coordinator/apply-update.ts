import type { Coordinator } from './coordinator.ts';
import { FAILURE_REASONS } from './failure-reason.ts';
import type { Job } from './job.ts';
import type { JobUpdate } from './job-update.ts';

const APPLIED_ANYWAY_AFTER_MS = 5 * 60 * 1000;

/** The body of a PUT, as far as it decides something. */
export type UpdateClaim = Omit<JobUpdate, 'at' | 'answered'>;

/** Status of the answer to `PUT /jobs/:id`, once the token is known to be good and the job is executing or reserved. */
export type UpdateAnswer = 200 | 202 | 400 | 409 | 412;

/**
 * Applies one update. The first final state is remembered while 202s are given, and wins over later ones. An unknown failure
 * reason is stored as `unknown_failure`.
 */
export function applyUpdate(coordinator: Coordinator, job: Job, claim: UpdateClaim): UpdateAnswer {
  const answered = job.reservation ? commit(coordinator, job, claim) : decide(coordinator, job, claim);
  const update = { ...claim, at: coordinator.clock.now(), answered };
  job.updates.push(update);
  if (claim.state === 'running' || (answered !== 200 && answered !== 202)) return answered;
  if (claim.state === 'pending') return answered;
  job.finalUpdate ??= update;
  if (answered === 200) finish(coordinator, job, job.finalUpdate);
  return answered;
}

/**
 * Seconds until a final update that got a 202 is to be repeated: the longer ago the first one, the longer. 1 below 4 s of age,
 * then half of what doubles up to 64 from 128 s on.
 */
export function repeatAfterSeconds(ageMs: number): number {
  const seconds = ageMs / 1000;
  const steps = [4, 8, 16, 32, 64, 128];
  return 2 ** steps.filter((step) => seconds >= step).length;
}

/** How long ago the first final update came. */
export function finalAgeMs({ clock }: Coordinator, job: Job): number {
  return job.finalUpdate ? clock.now() - job.finalUpdate.at : 0;
}

/** While a job is reserved for a manager: `running` takes it, `pending` keeps it, anything else is wrong. */
function commit(coordinator: Coordinator, job: Job, { state }: UpdateClaim): UpdateAnswer {
  const { reservation } = job;
  if (!reservation || (state !== 'running' && state !== 'pending')) return 400;
  if (state === 'running') job.assign({ ...reservation.assignment, at: coordinator.clock.now() });
  else coordinator.extend(job, reservation.assignment);
  return 200;
}

function decide(coordinator: Coordinator, job: Job, claim: UpdateClaim): UpdateAnswer {
  const { knobs } = coordinator;
  if (claim.state === 'running') return 200;
  if (claim.state === 'pending' && knobs.twoPhaseCommit) return 409;
  if (claim.state !== 'success' && claim.state !== 'failed') return 400;
  if (knobs.rejectedFinals > 0) {
    knobs.rejectedFinals--;
    job.trace.truncate(0);
    return 412;
  }
  return claim.checksum !== undefined && isTracePending(coordinator, job) ? 202 : 200;
}

function isTracePending(coordinator: Coordinator, job: Job): boolean {
  const { acceptedRepeats, pendingTraceMs } = coordinator.knobs;
  const age = finalAgeMs(coordinator, job);
  if (age >= APPLIED_ANYWAY_AFTER_MS) return false;
  const accepted = job.updates.filter((update) => update.answered === 202).length;
  return accepted < acceptedRepeats || (job.trace.size > 0 && age < pendingTraceMs);
}

function finish(coordinator: Coordinator, job: Job, { state, failureReason, exitCode }: JobUpdate): void {
  const code = exitCode === undefined ? {} : { exitCode };
  if (state === 'success') coordinator.end(job, 'success', code);
  else coordinator.end(job, 'failed', { failureReason: known(failureReason), ...code });
}

function known(reason: string | undefined): string {
  return reason !== undefined && FAILURE_REASONS.includes(reason) ? reason : 'unknown_failure';
}
