import type { TimingInput } from '@fargate-gitlab-runner/emulator-aws';
import type { ManagerUnderTest } from '@fargate-gitlab-runner/testkit';
import type { Means } from './figure.ts';
import { managerIsPolling } from './idle-manager.ts';
import { type JobTimes, jobTimes } from './job-times.ts';
import { type Spread, spreadOf } from './statistics.ts';

const MARK = 'first-byte-of-the-script';
/** The runner echoes commands; the mark must come from the command's output. */
const SCRIPT = ["printf '%s-of-the-script\\n' first-byte"];

/** Milliseconds from the queue to the first script byte for each job, and the parts of the way. */
export interface FirstBytes {
  readonly totals: readonly number[];
  /** From GitLab's answer to the poll to the first script byte: the totals without what the poll took. */
  readonly fromAnswer: readonly number[];
  readonly parts: Readonly<Record<string, Spread>>;
}

/**
 * Runs jobs one after the other through one manager that is configured as a real deployment: long polls, default pauses, GitLab's trace
 * pace of 3 s. Each job is enqueued while the manager's poll is held.
 */
export async function firstBytes({ rigs }: Means, of: { readonly jobs: number; readonly timing: TimingInput }): Promise<FirstBytes> {
  const rig = await rigs.start({
    gitlab: { longPollMs: 50_000, updateIntervalSeconds: 3, recordedRequests: 100 },
    aws: { timing: of.timing },
    config: { check_interval_ms: 3000, telemetry: { log_level: 'debug' } },
  });
  const manager = await rig.startManager();
  const jobs: JobTimes[] = [];
  // One more than asked for: the first finds cold caches.
  for (let n = 0; n <= of.jobs; n++) {
    await managerIsPolling(rig);
    jobs.push(await jobTimes(rig, { script: SCRIPT }, MARK));
  }
  const warm = jobs.slice(1);
  const parts = await partsOf(manager, warm);
  await rigs.end(rig);
  return {
    totals: warm.map((job) => (job.markAt ?? Number.NaN) - job.pendingAt),
    fromAnswer: warm.map((job) => (job.markAt ?? Number.NaN) - job.runningAt),
    parts,
  };
}

/** What follows what, each name the part that ends there. */
const MILESTONES = [
  ['admit', 'job.accepted', undefined],
  ['place', 'job.placed', undefined],
  ['connect', 'worker.connected', undefined],
  ['stages before', 'stage.started', 'step_script'],
] as const;

async function partsOf(manager: ManagerUnderTest, jobs: readonly JobTimes[]): Promise<FirstBytes['parts']> {
  const events = await manager.events();
  const parts: Record<string, number[]> = {};
  const note = (part: string, ms: number) => {
    parts[part] = [...(parts[part] ?? []), ms];
  };
  for (const job of jobs) {
    note('poll', job.runningAt - job.pendingAt);
    let from = job.runningAt;
    for (const [part, name, stage] of MILESTONES) {
      const event = events.find((e) => e.get('event') === name && e.get('jobId') === job.jobId && e.get('stage') === stage);
      const at = Date.parse(event?.get('time') ?? '');
      note(part, at - from);
      from = at;
    }
    note('script to trace', (job.markAt ?? Number.NaN) - from);
  }
  return Object.fromEntries(Object.entries(parts).map(([part, values]) => [part, spreadOf(values)]));
}
