import type { Coordinator } from './coordinator.ts';
import type { Job } from './job.ts';

/**
 * GitLab's own deadlines for a job that a runner executes: it is failed when nothing is heard of it for `noUpdateTimeoutMs`, or
 * `serverTimeoutGraceMs` after its timeout. Ends with the job; rejects when the server closes.
 */
export async function watchExecution(coordinator: Coordinator, job: Job): Promise<void> {
  const { clock, settings } = coordinator;
  const beganAt = clock.monotonic();
  job.touchedAt = beganAt;
  const endsAt = beganAt + timeoutSeconds(coordinator, job) * 1000 + settings.serverTimeoutGraceMs;
  while (job.isExecuting) {
    const silentAt = settings.noUpdateTimeoutMs === 0 ? Number.POSITIVE_INFINITY : job.touchedAt + settings.noUpdateTimeoutMs;
    const left = Math.min(endsAt, silentAt) - clock.monotonic();
    if (left > 0) await sleepWhile(coordinator, job, left);
    else job.move('failed', { failureReason: `${silentAt < endsAt ? 'no_updates' : 'server_timeout'}_${phaseOf(job)}` });
  }
}

/** Fails a pending job that no runner in touch would take; resolves once it is not pending any more. */
export async function watchStuck(coordinator: Coordinator, job: Job): Promise<void> {
  while (job.status === 'pending') {
    await sleepWhile(coordinator, job, coordinator.settings.stuckTimeoutMs);
    const reason = job.status === 'pending' ? coordinator.stuckReason(job) : undefined;
    if (reason === undefined) continue;
    job.stuckReason = reason;
    job.move('failed', { failureReason: 'stuck_pending_no_matching_runners' });
  }
}

/** Takes back a reservation that nobody committed or extended, so that another manager may get the job. */
export async function watchReservation(coordinator: Coordinator, job: Job): Promise<void> {
  while (job.reservation) {
    const left = job.reservation.until - coordinator.clock.monotonic();
    if (left > 0) await coordinator.clock.sleep(left, coordinator.closing);
    else coordinator.requeue(job);
  }
}

/** Sleeps, but not beyond the job's next change of state, so that no timer outlives what it is for. */
async function sleepWhile({ clock, closing }: Coordinator, job: Job, ms: number): Promise<void> {
  const status = job.status;
  try {
    await clock.sleep(ms, AbortSignal.any([closing, job.changed]));
  } catch (reason) {
    if (job.status === status) throw reason;
  }
}

function timeoutSeconds({ runners }: Coordinator, job: Job): number {
  const cap = job.assignment && runners.withId(job.assignment.runnerId)?.rules.maximumTimeout;
  return Math.min(job.spec.timeoutSeconds, cap ?? Number.POSITIVE_INFINITY);
}

function phaseOf(job: Job): 'running' | 'canceling' {
  return job.status === 'canceling' ? 'canceling' : 'running';
}
