import { type Clock, deadlineSignal } from '@fargate-gitlab-runner/kernel';
import type { JobRecord } from '../store/job-record.ts';
import type { JobStore, Versioned } from '../store/job-store.ts';
import type { Roster } from './roster.ts';

/** A job that can't be recorded within this time is failed: without a record nobody could take it over. */
const RECORD_WITHIN_MS = 10_000;
const RETRY_MS = 500;
/** How long a store that says nothing is asked whether the record is there for all that, and how long one such look may take. */
const LOOK_WITHIN_MS = 300_000;
const LOOK_MS = 3000;

/** What recording works with. */
export interface RecordingTools {
  readonly clock: Clock;
  readonly store: JobStore;
  readonly roster: Pick<Roster, 'isDriving'>;
}

/**
 * `recorded`: it is ours to drive. `exists`: whoever its record names drives it. `failed`: it has no record, as far as anybody can say.
 */
export type Recorded =
  | { readonly kind: 'recorded'; readonly job: Versioned }
  | { readonly kind: 'exists' }
  | { readonly kind: 'failed'; readonly cause: string };

/**
 * Gets the record of a new job into the store. Whatever happens, also a store that hangs, is an answer.
 *
 * Gotcha: a write that was given up may have arrived all the same. Then the job has a record, and who owns it drives it, be it a successor who
 * thinks us gone: to fail it would take it from there. So nobody says that it failed before the store has said that there is no record; only a
 * store that is silent for minutes, or longer than we are here (`leave`), is taken for one without.
 */
export async function recordJob(tools: RecordingTools, record: JobRecord, leave?: AbortSignal): Promise<Recorded> {
  const outcome = await recordInTime(tools, record);
  return outcome.kind === 'failed' && (await isRecorded(tools, record.jobId, leave)) ? { kind: 'exists' } : outcome;
}

async function isRecorded(tools: RecordingTools, jobId: string, leave?: AbortSignal): Promise<boolean> {
  const { clock, roster } = tools;
  using patience = deadlineSignal(clock, LOOK_WITHIN_MS, leave);
  for (;;) {
    const seen = roster.isDriving(jobId) ? 'there' : await look(tools, jobId);
    if (seen !== 'silence') return seen === 'there' || roster.isDriving(jobId);
    if (patience.signal.aborted) return roster.isDriving(jobId);
    await clock.sleep(RETRY_MS, patience.signal).catch(() => undefined);
  }
}

async function look({ clock, store }: RecordingTools, jobId: string): Promise<'there' | 'none' | 'silence'> {
  using deadline = deadlineSignal(clock, LOOK_MS);
  const silence = new Promise<'silence'>((resolve) => {
    deadline.signal.addEventListener('abort', () => resolve('silence'), { once: true });
  });
  const found = store.read(jobId).then(
    (record) => (record ? 'there' : 'none'),
    () => 'silence' as const,
  );
  return await Promise.race([found, silence]);
}

async function recordInTime(tools: RecordingTools, record: JobRecord): Promise<Recorded> {
  using deadline = deadlineSignal(tools.clock, RECORD_WITHIN_MS);
  let cause = 'the store did not answer in time';
  const late = new Promise<Recorded>((resolve) => {
    deadline.signal.addEventListener('abort', () => resolve({ kind: 'failed', cause }), { once: true });
  });
  const onFailure = (error: unknown) => {
    cause = String(error);
  };
  return await Promise.race([keepCreating(tools, { record, onFailure }, deadline.signal), late]);
}

/** Never settles once the signal has aborted: its caller has answered then. */
async function keepCreating(
  { clock, store }: RecordingTools,
  { record, onFailure }: { readonly record: JobRecord; onFailure(error: unknown): void },
  signal: AbortSignal,
): Promise<Recorded> {
  for (;;) {
    try {
      const outcome = await store.create(record);
      return outcome.kind === 'created' ? { kind: 'recorded', job: { record, version: outcome.version } } : outcome;
    } catch (error) {
      onFailure(error);
    }
    await clock.sleep(RETRY_MS, signal).catch(() => new Promise<never>(() => undefined));
  }
}
