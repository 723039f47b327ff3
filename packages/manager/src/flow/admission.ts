import type { RunnerConfig } from '@fargate-gitlab-runner/config';
import { type Clock, CodedError, deadlineSignal, type Random, Secret, type Slot, unreachable } from '@fargate-gitlab-runner/kernel';
import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import type { Coordinator, JobCredentials } from '../coordinator/coordinator.ts';
import { jobTimeoutS } from '../job/drive/runner-facts-of.ts';
import { interpolateInputs } from '../job/inputs/interpolate-inputs.ts';
import type { JobRecord } from '../store/job-record.ts';
import type { JobStore, Versioned } from '../store/job-store.ts';
import type { EmitEvent } from '../telemetry/manager-event.ts';
import type { Ownership } from './ownership.ts';
import type { Roster } from './roster.ts';

/** A job that can't be recorded within this time is failed: without a record nobody could take it over. */
const RECORD_WITHIN_MS = 10_000;
const RETRY_MS = 500;
/** How long it may take to find out whether the record is there for all that. */
const LOOK_WITHIN_MS = 3000;
/** What is said of the trace of a job that has none. */
const NO_TRACE = { checksum: 0, bytesize: 0 } as const;

/** A fresh key for one job: the private half in OpenSSH format, the public half as an authorized_keys line. */
type MakeClientKey = () => { readonly clientKey: Secret; readonly publicKey: string };

/** What admission works with. */
export interface AdmissionTools {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: JobStore;
  readonly coordinator: Coordinator;
  readonly ownership: Ownership;
  readonly roster: Roster;
  readonly emit: EmitEvent;
  readonly makeClientKey: MakeClientKey;
  readonly deployment: string;
}

/**
 * Records a job that GitLab has handed out and starts to drive it. The record is the first thing that happens to a job; only a crash
 * inside that one write loses it. Returns false when the job could not be taken; it is failed then, and the slot is free again.
 */
export async function admitJob(
  tools: AdmissionTools,
  of: { readonly runner: RunnerConfig; readonly job: JobPayload; readonly slot: Slot },
): Promise<boolean> {
  const outcome = await recordJob(tools, of);
  const jobId = of.job.id;
  switch (outcome.kind) {
    case 'recorded': {
      const { record } = outcome.job;
      tools.emit({ name: 'job.accepted', jobId, runner: of.runner.name, timeoutS: (record.deadlineAt - record.acceptedAt) / 1000 });
      tools.roster.start(outcome.job, of.slot);
      return true;
    }
    case 'exists':
      of.slot.release();
      return true;
    case 'failed':
      of.slot.release();
      tools.emit({ name: 'store.failed', operation: `recording job ${jobId}`, cause: outcome.cause });
      await failUnrecorded(tools, { id: jobId, token: new Secret(of.job.token) });
      return false;
    default:
      return unreachable(outcome);
  }
}

/** Fails a job that can't be taken: its payload is unreadable, or it could not be recorded. */
export async function failUnrecorded(tools: AdmissionTools, job: JobCredentials): Promise<void> {
  using deadline = deadlineSignal(tools.clock, RECORD_WITHIN_MS);
  const update = { state: 'failed', failureReason: 'runner_system_failure', output: NO_TRACE } as const;
  await tools.coordinator.update(job, update, deadline.signal).catch(() => undefined);
}

type Recorded =
  | { readonly kind: 'recorded'; readonly job: Versioned }
  | { readonly kind: 'exists' }
  | { readonly kind: 'failed'; readonly cause: string };

/**
 * Whatever happens, also a store that hangs or a key that can't be made, is an answer within `RECORD_WITHIN_MS`, and a last look after
 * that. Gotcha: a write that was given up may have arrived all the same. Then the job has a record, and who owns it drives it: to fail it
 * would take it from there.
 */
async function recordJob(tools: AdmissionTools, of: { readonly runner: RunnerConfig; readonly job: JobPayload }): Promise<Recorded> {
  const outcome = await recordInTime(tools, of);
  return outcome.kind === 'failed' && (await isRecorded(tools, of.job.id)) ? { kind: 'exists' } : outcome;
}

/** Whether the job is driven here, or has a record as far as can be seen within `LOOK_WITHIN_MS`. */
async function isRecorded({ roster, store, clock }: AdmissionTools, jobId: string): Promise<boolean> {
  if (roster.isDriving(jobId)) return true;
  using deadline = deadlineSignal(clock, LOOK_WITHIN_MS);
  const late = new Promise<undefined>((resolve) => {
    deadline.signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const found = await Promise.race([store.read(jobId).catch(() => undefined), late]);
  return found !== undefined || roster.isDriving(jobId);
}

async function recordInTime(tools: AdmissionTools, of: { readonly runner: RunnerConfig; readonly job: JobPayload }): Promise<Recorded> {
  using deadline = deadlineSignal(tools.clock, RECORD_WITHIN_MS);
  let cause = 'the store did not answer in time';
  const late = new Promise<Recorded>((resolve) => {
    deadline.signal.addEventListener('abort', () => resolve({ kind: 'failed', cause }), { once: true });
  });
  const onFailure = (error: unknown) => {
    cause = String(error);
  };
  try {
    return await Promise.race([keepCreating(tools, { record: newRecord(tools, of), onFailure }, deadline.signal), late]);
  } catch (error) {
    return { kind: 'failed', cause: String(error) };
  }
}

/** Never settles once the signal has aborted: its caller has answered then. */
async function keepCreating(
  tools: AdmissionTools,
  of: { readonly record: JobRecord; onFailure(error: unknown): void },
  signal: AbortSignal,
): Promise<Recorded> {
  for (;;) {
    try {
      const outcome = await tools.store.create(of.record);
      return outcome.kind === 'created' ? { kind: 'recorded', job: { record: of.record, version: outcome.version } } : outcome;
    } catch (error) {
      of.onFailure(error);
    }
    await tools.clock.sleep(RETRY_MS, signal).catch(() => new Promise<never>(() => undefined));
  }
}

function newRecord(tools: AdmissionTools, of: { readonly runner: RunnerConfig; readonly job: JobPayload }): JobRecord {
  const { job, runner } = of;
  const acceptedAt = tools.clock.now();
  return {
    schema: 1,
    jobId: job.id,
    runner: runner.name,
    deployment: tools.deployment,
    owner: tools.ownership.owner,
    generation: 1,
    acceptedAt,
    deadlineAt: acceptedAt + jobTimeoutS({ payload: job }) * 1000,
    payload: interpolated(job, runner),
    jobToken: new Secret(job.token),
    ...tools.makeClientKey(),
    nonce: new Secret(tools.random.hex(24)),
    placements: [],
    stages: [],
    chunks: [],
    phase: 'driving',
  };
}

/** Inputs that can't be put in are left as they are: the job is recorded all the same, and its drive finds the same mistake and says it. */
function interpolated(job: JobPayload, runner: RunnerConfig): JobPayload {
  try {
    return interpolateInputs(job, runner.environment);
  } catch (error) {
    if (error instanceof CodedError) return job;
    throw error;
  }
}
