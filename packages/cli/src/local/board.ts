import type { GitLabEvent, JobView, PipelineView } from '@fargate-gitlab-runner/emulator-gitlab';

/** A job as the views show it: the latest of its name, since a job that is tried again is a new one. */
export interface BoardJob {
  readonly id: string;
  readonly name: string;
  readonly stage: string;
  readonly status: JobView['status'];
  readonly allowFailure: boolean;
  readonly needs: readonly string[];
  /** 1 for the first try. */
  readonly attempt: number;
  /** Wall time in milliseconds. */
  readonly begunAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly failureReason: string | undefined;
  readonly exitCode: number | undefined;
  /** `manual_confirmation`: what a person is asked before it is played. */
  readonly confirmation: string | undefined;
  /** Why no runner takes it. */
  readonly stuck: string | undefined;
}

/** A job event of the coordinator. */
export type JobEvent = Extract<GitLabEvent, { kind: 'job' }>;

const ENDED: readonly string[] = ['success', 'failed', 'canceled', 'skipped'];

/** Whether a job or pipeline in this state has ended. */
export function hasEnded(status: string): boolean {
  return ENDED.includes(status);
}

/** What is known of a pipeline while its events come in. Both views read from it; it prints nothing. */
export class Board {
  readonly pipelineId: number;
  /** `workflow:name`. */
  readonly name: string | undefined;
  /** Those that have jobs, in order of execution. */
  readonly stages: readonly string[];
  readonly #jobs = new Map<string, BoardJob>();
  readonly #tries = new Map<string, BoardJob>();
  #status: string;

  constructor(pipeline: PipelineView) {
    this.pipelineId = pipeline.id;
    this.name = pipeline.name;
    this.#status = pipeline.status;
    for (const job of pipeline.jobs) this.#add(job);
    this.stages = pipeline.stages.filter((stage) => this.inStage(stage).length > 0);
  }

  get status(): string {
    return this.#status;
  }

  /** In order of the file. */
  get jobs(): readonly BoardJob[] {
    return [...this.#jobs.values()];
  }

  inStage(stage: string): readonly BoardJob[] {
    return this.jobs.filter((job) => job.stage === stage);
  }

  job(name: string): BoardJob | undefined {
    return this.#jobs.get(name);
  }

  /** The job with this id as it was last seen, also when another try has taken its place since. */
  jobWithId(jobId: string): BoardJob | undefined {
    return this.#tries.get(jobId);
  }

  /** Takes an event of the coordinator; those of other pipelines and traces change nothing. */
  apply(event: GitLabEvent): void {
    if (event.kind === 'pipeline' && event.pipelineId === this.pipelineId) this.#status = event.status;
    if (event.kind === 'job' && event.pipelineId === this.pipelineId) this.#applyJob(event);
  }

  /** What only a look at the job tells. */
  learn(name: string, facts: Pick<BoardJob, 'stuck' | 'allowFailure'>): void {
    const job = this.#jobs.get(name);
    if (job) this.#put({ ...job, ...facts });
  }

  #add(job: JobView): void {
    const before = this.#jobs.get(job.name);
    this.#put({
      id: job.id,
      name: job.name,
      stage: job.stage,
      status: job.status,
      allowFailure: job.allowFailure,
      needs: job.needs ?? [],
      attempt: (before?.attempt ?? 0) + 1,
      begunAt: undefined,
      endedAt: undefined,
      failureReason: job.failureReason,
      exitCode: job.exitCode,
      confirmation: job.confirmation,
      stuck: undefined,
    });
  }

  #put(job: BoardJob): void {
    this.#tries.set(job.id, job);
    this.#jobs.set(job.name, job);
  }

  #applyJob(event: JobEvent): void {
    const known = this.#jobs.get(event.name);
    if (!known) return;
    if (known.id !== event.jobId && this.#tries.has(event.jobId)) return;
    const job = known.id === event.jobId ? known : this.#nextAttempt(known, event.jobId);
    this.#put({
      ...job,
      status: event.to,
      begunAt: event.to === 'running' ? (job.begunAt ?? event.at) : job.begunAt,
      endedAt: hasEnded(event.to) ? event.at : undefined,
      failureReason: event.failureReason,
      exitCode: event.exitCode,
    });
  }

  #nextAttempt(job: BoardJob, id: string): BoardJob {
    return { ...job, id, attempt: job.attempt + 1, begunAt: undefined, endedAt: undefined, stuck: undefined };
  }
}
