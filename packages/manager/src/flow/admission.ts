import type { RunnerConfig } from '@fargate-gitlab-runner/config';
import { type Clock, CodedError, deadlineSignal, type Random, Secret, type Slot, unreachable } from '@fargate-gitlab-runner/kernel';
import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import type { Coordinator, JobCredentials } from '../coordinator/coordinator.ts';
import { jobTimeoutS } from '../job/drive/runner-facts-of.ts';
import { interpolateInputs } from '../job/inputs/interpolate-inputs.ts';
import type { JobRecord } from '../store/job-record.ts';
import type { JobStore } from '../store/job-store.ts';
import type { EmitEvent } from '../telemetry/manager-event.ts';
import type { Ownership } from './ownership.ts';
import { type Recorded, recordJob } from './recording.ts';
import type { Roster } from './roster.ts';

/** How long GitLab may take to hear that a job can't be taken. */
const TELL_WITHIN_MS = 10_000;
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
 * inside that one write loses it. Returns false when the job could not be taken; it is failed then, and the slot is free again. `leave`: this
 * manager goes, and can't wait for a store that says nothing.
 */
export async function admitJob(
  tools: AdmissionTools,
  of: { readonly runner: RunnerConfig; readonly job: JobPayload; readonly slot: Slot },
  leave?: AbortSignal,
): Promise<boolean> {
  const outcome = await recordNew(tools, of, leave);
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
  using deadline = deadlineSignal(tools.clock, TELL_WITHIN_MS);
  const update = { state: 'failed', failureReason: 'runner_system_failure', output: NO_TRACE } as const;
  await tools.coordinator.update(job, update, deadline.signal).catch(() => undefined);
}

/** A record that can't be made, for want of a key, is one that can't be written. */
async function recordNew(
  tools: AdmissionTools,
  of: { readonly runner: RunnerConfig; readonly job: JobPayload },
  leave?: AbortSignal,
): Promise<Recorded> {
  try {
    return await recordJob(tools, newRecord(tools, of), leave);
  } catch (error) {
    return { kind: 'failed', cause: String(error) };
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
