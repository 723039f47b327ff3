import type { JobStatus } from '../coordinator/job-status.ts';
import type { JobNeed, When } from './pipeline.ts';

/** GitLab's states of a pipeline. `manual`: blocked by a manual job that is not allowed to fail. */
export type PipelineStatus =
  | 'created'
  | 'waiting_for_resource'
  | 'pending'
  | 'running'
  | 'canceling'
  | 'manual'
  | 'scheduled'
  | 'success'
  | 'failed'
  | 'canceled'
  | 'skipped';

/** What a pipeline needs to know of a job. */
export interface StagedJob {
  readonly spec: {
    readonly name: string;
    readonly stage: string;
    readonly when: When;
    /** Undefined: the job waits for the stages before it. */
    readonly needs: readonly JobNeed[] | undefined;
  };
  readonly status: JobStatus;
  /** Whether a failure of the job counts for nothing; exit codes included. */
  readonly isAllowedToFail: boolean;
}

/** What becomes of a job whose turn it is: `ready` to be given to a runner, or one of the states of waiting. */
export interface Decision<J> {
  readonly job: J;
  readonly to: 'ready' | 'skipped' | 'manual' | 'scheduled';
}

/**
 * What may happen now: every job that is `created`, and whose stages or needs have come to an end, is let go or skipped. Pure; call it
 * again after its decisions were carried out, until it has none. `jobs` are those that count: without those that were tried again.
 */
export function decisions<J extends StagedJob>(stages: readonly string[], jobs: readonly J[]): readonly Decision<J>[] {
  return jobs.flatMap((job) => {
    if (job.status !== 'created') return [];
    const before = statusBefore(job, stages, jobs);
    if (!COMPLETE.includes(before)) return [];
    return [{ job, to: startsAfter(job, before) ? START[job.spec.when] : 'skipped' }];
  });
}

const START = {
  on_success: 'ready',
  on_failure: 'ready',
  always: 'ready',
  manual: 'manual',
  delayed: 'scheduled',
} as const satisfies Record<When, Decision<unknown>['to']>;

const COMPLETE: readonly string[] = ['success', 'failed', 'canceled', 'skipped'];

function statusBefore<J extends StagedJob>({ spec }: J, stages: readonly string[], jobs: readonly J[]): PipelineStatus {
  if (spec.needs) {
    const needs = spec.needs.map((need) => need.job);
    return needsStatus(jobs.filter((job) => needs.includes(job.spec.name)));
  }
  const place = stages.indexOf(spec.stage);
  const before = jobs.filter((job) => stages.indexOf(job.spec.stage) < place);
  return before.length === 0 ? 'success' : pipelineStatus(before);
}

/**
 * A job that needs another one that does not run at all is skipped, at once (or starts at once, with `when: always`: GitLab does that);
 * otherwise it waits for all that it needs, whatever the first ones do.
 */
function needsStatus(jobs: readonly StagedJob[]): PipelineStatus {
  if (jobs.length === 0) return 'success';
  const all = jobs.map(countedAs);
  if (all.includes('skipped') || all.includes('ignored')) return 'skipped';
  if (!all.every((one) => ['success', 'failed', 'canceled', 'warning'].includes(one))) return 'pending';
  return pipelineStatus(jobs);
}

function startsAfter({ spec }: StagedJob, before: PipelineStatus): boolean {
  switch (spec.when) {
    case 'always':
      return before !== 'canceled';
    case 'on_failure':
      return before === 'failed';
    case 'on_success':
    case 'manual':
    case 'delayed':
      return before === 'success' || (before === 'skipped' && !spec.needs);
  }
}

type Counted = JobStatus | 'warning' | 'ignored';

/** How a job counts in the state of a whole: a failure that is allowed is a success with a warning, an optional manual job is ignored. */
function countedAs(job: StagedJob): Counted {
  if (!job.isAllowedToFail) return job.status;
  if (job.status === 'failed' || job.status === 'canceled') return 'warning';
  return job.status === 'manual' ? 'ignored' : job.status;
}

/** The state of the whole, from the states of its jobs. */
export function pipelineStatus(jobs: readonly StagedJob[]): PipelineStatus {
  const all = new Set(jobs.map(countedAs));
  const only = (...kinds: readonly Counted[]) => [...all].every((kind) => kinds.includes(kind) || kind === 'ignored');
  if (only('skipped')) return 'skipped';
  if (only('success', 'skipped', 'warning')) return 'success';
  if (only('created', 'warning')) return 'created';
  if (only('canceled', 'success', 'skipped', 'warning')) return 'canceled';
  if (all.has('canceling')) return 'canceling';
  if (only('pending', 'created', 'skipped', 'warning')) return 'pending';
  const first = ONGOING.find(([kind]) => all.has(kind));
  return first?.[1] ?? 'failed';
}

/** While something is going on, the first of these that a job is in names the state of the whole. */
const ONGOING: readonly (readonly [JobStatus, PipelineStatus])[] = [
  ['running', 'running'],
  ['pending', 'running'],
  ['waiting_for_resource', 'waiting_for_resource'],
  ['manual', 'manual'],
  ['scheduled', 'scheduled'],
  ['created', 'running'],
];

/** The jobs that wait for `job`, directly or through others: those of later stages, and those that need it. */
export function jobsAfter<J extends StagedJob>(job: J, stages: readonly string[], jobs: readonly J[]): readonly J[] {
  const after = new Set<J>();
  const open: J[] = [job];
  for (let current = open.pop(); current; current = open.pop()) {
    const { name, stage } = current.spec;
    const place = stages.indexOf(stage);
    for (const other of jobs) {
      const waits = other.spec.needs ? other.spec.needs.some((need) => need.job === name) : stages.indexOf(other.spec.stage) > place;
      if (!waits || after.has(other)) continue;
      after.add(other);
      open.push(other);
    }
  }
  return [...after];
}
