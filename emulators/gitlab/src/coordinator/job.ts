import { JobArtifacts } from '../artifacts/job-artifacts.ts';
import type { JobNeed, PipelineJob, When } from '../pipeline/pipeline.ts';
import type { JsonValue } from '../wire/json-text.ts';
import { isExecuting, isFinished, type JobStatus, NEXT_JOB_STATUS } from './job-status.ts';
import type { JobUpdate } from './job-update.ts';
import type { JobVariable } from './job-variable.ts';
import type { Project } from './project.ts';
import type { SourceCommit } from './source-commit.ts';
import { TraceLog } from './trace-log.ts';

/** What a job is, apart from what has become of it. */
export interface JobSpec {
  readonly name: string;
  readonly stage: string;
  readonly pipelineId: number;
  /** Undefined: a job without sources (`GIT_STRATEGY` is `none`). */
  readonly project: Project | undefined;
  readonly commit: SourceCommit;
  readonly tags: readonly string[];
  readonly when: When;
  readonly allowFailure: boolean;
  /** Undefined: the job waits for the stages before it. */
  readonly needs: readonly JobNeed[] | undefined;
  /** What the pipeline's file says of it; undefined for a job that was put into the queue by itself. */
  readonly definition: PipelineJob | undefined;
  readonly timeoutSeconds: number;
  readonly script: readonly string[];
  readonly afterScript: readonly string[];
  /** Added after the predefined ones. */
  readonly variables: readonly JobVariable[];
  /** Keys of `info.features` that the runner must promise, besides those that the payload itself asks for. */
  readonly requiredFeatures: readonly string[];
  /** Top-level keys of the payload to put in place of the usual ones; `id` and `token` stay. */
  readonly payload: Readonly<Record<string, JsonValue>>;
  /** Sent word for word as the body of the 201 instead of a payload: for broken payloads. */
  readonly rawPayload: string | undefined;
}

/** Who executes a job. */
export interface Assignment {
  readonly runnerId: number;
  readonly systemId: string;
  /** From the manager's record, as it was first seen: decides what cancel does. */
  readonly cancelsGracefully: boolean;
  readonly at: number;
}

/** A job that waits for its manager's `PUT running` (two-phase commit). */
export interface Reservation {
  readonly assignment: Assignment;
  /** On the monotonic clock. */
  readonly until: number;
}

/** Why a job ended, beyond its state. */
export interface JobEnd {
  readonly failureReason?: string;
  readonly exitCode?: number;
}

/**
 * One job.
 *
 * Life: created -> (manual, scheduled, waiting_for_resource) -> pending -> running -> (canceling) -> finished, by the table in job-status.ts.
 * Gotcha: while final updates are answered 202 the job still runs, but its first final update is remembered and wins.
 */
export class Job {
  readonly id: string;
  readonly token: string;
  readonly spec: JobSpec;
  readonly trace = new TraceLog();
  readonly artifacts = new JobArtifacts();
  /** Of the dotenv report, for jobs that come after this one. */
  dotenv: readonly JobVariable[] = [];
  /** Every PUT that reached the job, in order. */
  readonly updates: JobUpdate[] = [];
  /** The first final update while it waits to be applied. */
  finalUpdate: JobUpdate | undefined;
  /** Requests of the runner that touched the job, on the monotonic clock. */
  touchedAt = 0;
  /** Why no runner took the job in time; set before it fails for that. */
  stuckReason: string | undefined;
  /** When somebody last looked at the job's page, on the monotonic clock. */
  watchedAt = Number.NEGATIVE_INFINITY;
  /** Wall time in milliseconds. */
  endedAt: number | undefined;
  /** Times a call was refused because the job is over. */
  refusals = 0;
  /** Log and artifacts were removed by a person. */
  isErased = false;
  /** Whether the runner has said that the log shows more than others may see: then only those see it who may change the pipeline. */
  isDebugTrace = false;
  #status: JobStatus = 'created';
  #reservation: Reservation | undefined;
  #change = new AbortController();
  #assignment: Assignment | undefined;
  #end: JobEnd = {};
  readonly #onChange: (job: Job, from: JobStatus) => void;

  constructor(identity: { readonly id: string; readonly token: string }, spec: JobSpec, onChange: (job: Job, from: JobStatus) => void) {
    this.id = identity.id;
    this.token = identity.token;
    this.spec = spec;
    this.#onChange = onChange;
  }

  get status(): JobStatus {
    return this.#status;
  }

  get assignment(): Assignment | undefined {
    return this.#assignment;
  }

  get end(): JobEnd {
    return this.#end;
  }

  /** The archive that the job has left, once it has; jobs after it fetch it. */
  get artifactsFile(): { readonly filename: string; readonly size: number } | undefined {
    const archive = this.artifacts.ofType('archive');
    return archive && { filename: archive.filename, size: archive.size };
  }

  get reservation(): Reservation | undefined {
    return this.#reservation;
  }

  /** Aborts at the next change of state. */
  get changed(): AbortSignal {
    return this.#change.signal;
  }

  get isExecuting(): boolean {
    return isExecuting(this.#status);
  }

  get isFinished(): boolean {
    return isFinished(this.#status);
  }

  /** Whether its failure counts for nothing: always, or because of its exit code. */
  get isAllowedToFail(): boolean {
    const { allowFailure, definition } = this.spec;
    const { exitCode } = this.#end;
    return allowFailure || (exitCode !== undefined && definition?.allowedExitCodes.includes(exitCode) === true);
  }

  /** Hands the job to a manager. */
  assign(assignment: Assignment): void {
    this.#reservation = undefined;
    this.#assignment = assignment;
    this.move('running');
  }

  /** Keeps the pending job for one manager; again to extend it. */
  reserve(assignment: Assignment, until: number): void {
    this.#reservation = { assignment, until };
  }

  /** Ends a reservation: any manager may get the job. */
  release(): void {
    this.#reservation = undefined;
  }

  /** The one door for changes of state; a change that the table does not have throws. */
  move(to: JobStatus, end: JobEnd = {}): void {
    const from = this.#status;
    const allowed: readonly JobStatus[] = NEXT_JOB_STATUS[from];
    if (!allowed.includes(to)) throw new Error(`job ${this.id} is ${from}: it can't become ${to}`);
    this.#status = to;
    this.#end = end;
    this.#reservation = undefined;
    const change = this.#change;
    this.#change = new AbortController();
    change.abort();
    this.#onChange(this, from);
  }
}
