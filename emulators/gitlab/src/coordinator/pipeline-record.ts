import { type Clock, CodedError } from '@fargate-gitlab-runner/kernel';
import type { AutoCancel } from '../pipeline/pipeline.ts';
import { type Decision, decisions, jobsAfter, type PipelineStatus, pipelineStatus } from '../pipeline/pipeline-run.ts';
import { isTriedAgain } from '../pipeline/retry-policy.ts';
import type { Job } from './job.ts';
import type { Project } from './project.ts';
import type { ResourceGroups } from './resource-groups.ts';
import type { SourceCommit } from './source-commit.ts';

/** What a pipeline is, apart from what has become of it. */
export interface PipelineFacts {
  readonly id: number;
  readonly project: Project | undefined;
  readonly commit: SourceCommit;
  readonly stages: readonly string[];
  /** `workflow:name`. */
  readonly name?: string | undefined;
  /** `CI_PIPELINE_SOURCE`; default `push`. */
  readonly source?: string | undefined;
  readonly autoCancel?: AutoCancel | undefined;
}

/** What a pipeline asks of the coordinator. */
export interface PipelineSurroundings {
  readonly clock: Clock;
  readonly closing: AbortSignal;
  readonly resources: ResourceGroups;
  changed(pipeline: PipelineRecord): void;
  /** Makes another job like it, in the same pipeline. */
  again(pipeline: PipelineRecord, job: Job): Job;
  cancel(job: Job): void;
}

/**
 * One pipeline with its jobs. It lets them go as the jobs before them end.
 *
 * Life of a job here: created -> (manual | scheduled | waiting_for_resource) -> pending -> what the coordinator says; a job that failed
 * may be followed by another of the same name, which takes its place.
 */
export class PipelineRecord {
  readonly id: number;
  readonly facts: PipelineFacts;
  readonly project: Project | undefined;
  readonly commit: SourceCommit;
  readonly stages: readonly string[];
  /** All of them, those that were tried again included, in order of creation. */
  readonly jobs: Job[] = [];
  /** Wall time, in milliseconds. */
  readonly createdAt: number;
  #status: PipelineStatus = 'created';
  #isAdvancing = false;
  readonly #retried = new Set<Job>();
  readonly #startsAt = new Map<Job, number>();
  readonly #surroundings: PipelineSurroundings;

  constructor(facts: PipelineFacts, surroundings: PipelineSurroundings) {
    this.facts = facts;
    this.id = facts.id;
    this.project = facts.project;
    this.commit = facts.commit;
    this.stages = facts.stages;
    this.createdAt = surroundings.clock.now();
    this.#surroundings = surroundings;
  }

  get status(): PipelineStatus {
    return this.#status;
  }

  /** The jobs that count: of those with the same name, the last. */
  get latestJobs(): readonly Job[] {
    return this.jobs.filter((job) => !this.#retried.has(job));
  }

  /** Whether another job has taken its place. */
  isRetried(job: Job): boolean {
    return this.#retried.has(job);
  }

  /** When a delayed job starts, wall time in milliseconds; undefined unless it waits for that. */
  startsAt(job: Job): number | undefined {
    return job.status === 'scheduled' ? this.#startsAt.get(job) : undefined;
  }

  /** Whether `play` does something: a manual job, or a delayed one before its time. */
  isPlayable(job: Job): boolean {
    return !this.#retried.has(job) && (job.status === 'manual' || job.status === 'scheduled');
  }

  /** Lets a manual job go, or a delayed one before its time; jobs that were skipped for it get another chance. */
  play(job: Job): void {
    if (!this.isPlayable(job)) throw refused('played', job);
    this.#enqueue(job);
    this.#resetAfter(job);
    this.advance();
  }

  /** Makes a new job of the same name out of one that ended, and lets it go. */
  retry(job: Job): Job {
    if (!job.isFinished || job.status === 'skipped' || this.#retried.has(job)) throw refused('tried again', job);
    const next = this.#again(job);
    this.#enqueue(next);
    this.#resetAfter(next);
    this.advance();
    return next;
  }

  /** To be called after every change of one of its jobs. */
  advance(): void {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    try {
      this.#tryAgain();
      this.#cancelOnFailure();
      this.#letGo();
      this.#surroundings.resources.pass();
    } finally {
      this.#isAdvancing = false;
    }
    const status = pipelineStatus(this.latestJobs);
    if (status === this.#status) return;
    this.#status = status;
    this.#surroundings.changed(this);
  }

  #letGo(): void {
    for (let made = decisions(this.stages, this.latestJobs); made.length > 0; made = decisions(this.stages, this.latestJobs)) {
      for (const decision of made) this.#carryOut(decision);
    }
  }

  #carryOut({ job, to }: Decision<Job>): void {
    if (to === 'ready') this.#enqueue(job);
    else if (to === 'scheduled') this.#schedule(job);
    else job.move(to);
  }

  #enqueue(job: Job): void {
    const group = job.spec.definition?.resourceGroup;
    this.#surroundings.resources.enter(group === undefined ? undefined : `${this.project?.id ?? 0}/${group}`, job);
  }

  #schedule(job: Job): void {
    const { clock, closing } = this.#surroundings;
    const delayMs = (job.spec.definition?.startInSeconds ?? 0) * 1000;
    this.#startsAt.set(job, clock.now() + delayMs);
    job.move('scheduled');
    const due = clock.sleep(delayMs, closing).then(() => {
      if (job.status !== 'scheduled') return;
      this.#enqueue(job);
      this.advance();
    });
    due.catch(ignoreClosing);
  }

  /** Jobs that failed and may be tried again are followed by another one, before anything else is decided. */
  #tryAgain(): void {
    for (const job of this.latestJobs) {
      const retry = job.spec.definition?.retry;
      if (job.status !== 'failed' || !retry) continue;
      const tries = this.jobs.filter((other) => other.spec.name === job.spec.name).length - 1;
      const { failureReason: reason = 'unknown_failure', exitCode } = job.end;
      if (isTriedAgain(retry, { reason, exitCode, tries })) this.#enqueue(this.#again(job));
    }
  }

  #again(job: Job): Job {
    const next = this.#surroundings.again(this, job);
    this.#retried.add(job);
    return next;
  }

  #cancelOnFailure(): void {
    if (this.facts.autoCancel?.onJobFailure !== 'all') return;
    const jobs = this.latestJobs;
    if (!jobs.some((job) => job.status === 'failed' && !job.isAllowedToFail)) return;
    for (const job of jobs) if (!job.isFinished && job.status !== 'canceling') this.#surroundings.cancel(job);
  }

  #resetAfter(job: Job): void {
    for (const after of jobsAfter(job, this.stages, this.latestJobs)) if (after.status === 'skipped') after.move('created');
  }
}

function refused(what: string, job: Job): CodedError {
  return new CodedError({
    code: 'FR_GITLAB_EMULATOR_REFUSED',
    what: `the job can't be ${what} as it is now`,
    given: `${job.spec.name} is ${job.status}`,
  });
}

/** The wait ends early only when the server closes. */
function ignoreClosing(): void {}
