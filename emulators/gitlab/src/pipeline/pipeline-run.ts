import type { JobStatus } from '../coordinator/job-status.ts';
import type { When } from './pipeline.ts';

/** GitLab's states of a pipeline. */
export type PipelineStatus = 'created' | 'pending' | 'running' | 'canceling' | 'success' | 'failed' | 'canceled' | 'skipped';

/** What a pipeline needs to know of a job. */
export interface StagedJob {
  readonly spec: { readonly stage: string; readonly when: When; readonly allowFailure: boolean };
  readonly status: JobStatus;
  move(to: 'pending' | 'skipped'): void;
}

/**
 * Decides what may start: a stage begins when every job of the stages before it has ended. Call it after each change; it moves
 * jobs itself, at most one stage a call, and says whether it moved any.
 */
export function advanceStages(stages: readonly string[], jobs: readonly StagedJob[]): boolean {
  const waiting = jobs.filter((job) => job.status === 'created');
  const stage = stages.find((name) => waiting.some((job) => job.spec.stage === name));
  if (stage === undefined) return false;
  const before = jobs.filter((job) => stages.indexOf(job.spec.stage) < stages.indexOf(stage));
  if (before.some((job) => !isOver(job.status))) return false;
  const isBroken = before.some((job) => !job.spec.allowFailure && (job.status === 'failed' || job.status === 'canceled'));
  const hasFailed = before.some((job) => !job.spec.allowFailure && job.status === 'failed');
  const starting = waiting.filter((job) => job.spec.stage === stage);
  for (const job of starting) job.move(starts(job.spec.when, isBroken, hasFailed) ? 'pending' : 'skipped');
  return true;
}

/** The state of the whole, from the states of its jobs. */
export function pipelineStatus(jobs: readonly StagedJob[]): PipelineStatus {
  const all = jobs.map((job) => job.status);
  if (all.includes('canceling')) return 'canceling';
  if (all.every((status) => status === 'created') && all.length > 0) return 'created';
  if (all.some((status) => !isOver(status))) return unfinished(all);
  if (all.every((status) => status === 'skipped')) return 'skipped';
  const counted = jobs.filter((job) => !job.spec.allowFailure).map((job) => job.status);
  if (counted.includes('failed')) return 'failed';
  return counted.includes('canceled') ? 'canceled' : 'success';
}

function unfinished(all: readonly JobStatus[]): PipelineStatus {
  const hasBegun = all.some((status) => status === 'running' || (isOver(status) && status !== 'skipped'));
  return hasBegun ? 'running' : 'pending';
}

function isOver(status: JobStatus): boolean {
  return status === 'success' || status === 'failed' || status === 'canceled' || status === 'skipped';
}

function starts(when: When, isBroken: boolean, hasFailed: boolean): boolean {
  switch (when) {
    case 'always':
      return true;
    case 'on_success':
      return !isBroken;
    case 'on_failure':
      return hasFailed;
    case 'manual':
    case 'never':
      return false;
  }
}
