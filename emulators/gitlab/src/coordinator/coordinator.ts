import { type Clock, CodedError, type Random } from '@fargate-gitlab-runner/kernel';
import { ArtifactStore } from '../artifacts/artifact-store.ts';
import { Credentials } from './credentials.ts';
import { EventLog } from './event-log.ts';
import type { Finding } from './finding.ts';
import type { Assignment, Job, JobEnd, JobSpec } from './job.ts';
import { JobRegistry } from './job-registry.ts';
import type { JobStatus } from './job-status.ts';
import { watchExecution, watchReservation, watchStuck } from './job-watch.ts';
import { type Knobs, knobsOf } from './knobs.ts';
import { type PipelineFacts, PipelineRecord } from './pipeline-record.ts';
import type { Project } from './project.ts';
import { RateLimiter } from './rate-limiter.ts';
import { ResourceGroups } from './resource-groups.ts';
import type { Runner } from './runner.ts';
import { RunnerRegistry } from './runner-registry.ts';
import type { EmulatorSettings } from './settings.ts';

const RESERVED_MS = 2 * 60 * 1000;

/**
 * The state of a stand-in GitLab: runners, projects, pipelines, jobs. Routes read and change it; nothing here knows HTTP.
 *
 * Life of a job here: created with its pipeline -> pending when its stage begins (matching runners are ticked) -> running when
 * a manager asks -> finished by the runner, by a cancel or by a timeout; then the pipeline goes on.
 */
export class Coordinator {
  readonly settings: EmulatorSettings;
  readonly clock: Clock;
  readonly knobs: Knobs;
  readonly runners: RunnerRegistry;
  readonly credentials: Credentials;
  readonly jobs: JobRegistry;
  readonly artifacts: ArtifactStore;
  readonly events: EventLog;
  readonly limiter: RateLimiter;
  readonly findings: Finding[] = [];
  readonly pipelines = new Map<number, PipelineRecord>();
  readonly projects: Project[] = [];
  /** GitLab's own address, without a slash at the end; known once the server listens. */
  url = '';
  readonly #closed = new AbortController();
  readonly #resources = new ResourceGroups();
  #nextPipelineId = 1;

  constructor(settings: EmulatorSettings, tools: { readonly clock: Clock; readonly random: Random }) {
    this.settings = settings;
    this.clock = tools.clock;
    this.knobs = knobsOf(settings);
    this.runners = new RunnerRegistry(tools, () => ({ ...this.knobs, managerRefreshMs: settings.managerRefreshMs }));
    this.credentials = new Credentials(tools.random);
    this.jobs = new JobRegistry(settings.firstJobId, tools.random);
    this.artifacts = new ArtifactStore(tools);
    this.events = new EventLog(() => tools.clock.now());
    this.limiter = new RateLimiter(tools.clock, settings.rateLimitHeaders);
  }

  /** Aborts when the server closes: nothing waits beyond it. */
  get closing(): AbortSignal {
    return this.#closed.signal;
  }

  close(): void {
    this.#closed.abort();
  }

  addProject(facts: Omit<Project, 'id'>): Project {
    const project = { id: this.projects.length + 1, ...facts };
    this.projects.push(project);
    return project;
  }

  project(path: string): Project | undefined {
    return this.projects.find((project) => project.path === path);
  }

  /** An empty pipeline; `addJob` fills it, `advance` on it starts it. */
  addPipeline(facts: Omit<PipelineFacts, 'id'>): PipelineRecord {
    const pipeline = new PipelineRecord(
      { id: this.#nextPipelineId++, ...facts },
      {
        clock: this.clock,
        closing: this.closing,
        resources: this.#resources,
        changed: ({ id, status }) => this.events.add({ kind: 'pipeline', pipelineId: id, status }),
        again: (record, { spec }) => this.addJob(record, spec),
        cancel: (job) => this.cancel(job, 'graceful'),
      },
    );
    this.pipelines.set(pipeline.id, pipeline);
    return pipeline;
  }

  addJob(pipeline: PipelineRecord, spec: Omit<JobSpec, 'pipelineId' | 'project' | 'commit'>): Job {
    const { id: pipelineId, project, commit } = pipeline;
    const job = this.jobs.create({ ...spec, pipelineId, project, commit }, (changed, from) => this.#changed(changed, from));
    pipeline.jobs.push(job);
    return job;
  }

  /** Cancels as GitLab does: a running job of a manager that understands it becomes `canceling`, unless forced. */
  cancel(job: Job, how: 'graceful' | 'force'): void {
    if (job.isFinished) return;
    const isAsked = how === 'graceful' && job.assignment?.cancelsGracefully === true;
    if (job.status === 'canceling' && how === 'graceful') return;
    job.move(job.status === 'running' && isAsked ? 'canceling' : 'canceled');
  }

  /** Ends a job that still waits or runs; a job that is being canceled ends as canceled. */
  end(job: Job, status: 'success' | 'failed', end: JobEnd = {}): void {
    if (job.status === 'canceling') job.move('canceled', end);
    else job.move(status, end);
  }

  /** Gives a job to a manager: at once, or reserved for two minutes if it has to be committed with `PUT running`. */
  give(job: Job, assignment: Assignment): void {
    if (this.knobs.twoPhaseCommit) {
      this.extend(job, assignment);
      watchReservation(this, job).catch(ignoreClosing);
    } else job.assign(assignment);
  }

  /** Reserves a pending job for two minutes from now. */
  extend(job: Job, assignment: Assignment): void {
    job.reserve(assignment, this.clock.monotonic() + RESERVED_MS);
  }

  /** Puts a reserved job back into the queue. */
  requeue(job: Job): void {
    job.release();
    this.#tick(job);
  }

  /** Removes log and artifacts of a job that has ended. */
  erase(job: Job): void {
    if (!job.isFinished)
      throw new CodedError({ code: 'FR_GITLAB_EMULATOR_NOT_OVER', what: 'only a job that has ended can be erased', given: job.status });
    job.isErased = true;
    job.trace.truncate(0);
    job.artifacts.erase();
  }

  /** Why no runner that has been in touch would take the pending job, as a sentence; kept once the job has failed for it. */
  stuckReason(job: Job): string | undefined {
    if (job.status !== 'pending') return job.stuckReason;
    const seen = this.runners.all.filter((runner) => runner.managers.size > 0);
    if (seen.some((runner) => runner.takes(job.spec))) return undefined;
    const wanted = job.spec.tags.length > 0 ? `the job wants tags ${job.spec.tags.join(', ')}` : 'the job has no tags';
    return `${wanted}; ${seen.length === 0 ? 'no runner has been in touch' : `runners in touch: ${seen.map(describeRunner).join('; ')}`}`;
  }

  #changed(job: Job, from: JobStatus): void {
    const { name, stage, pipelineId } = job.spec;
    job.endedAt = job.isFinished ? this.clock.now() : undefined;
    this.events.add({ kind: 'job', jobId: job.id, name, stage, pipelineId, from, to: job.status, ...job.end });
    if (job.status === 'pending') this.#awaitRunner(job);
    if (job.status === 'running') watchExecution(this, job).catch(ignoreClosing);
    this.pipelines.get(pipelineId)?.advance();
  }

  #awaitRunner(job: Job): void {
    this.#tick(job);
    if (this.settings.stuckTimeoutMs > 0) watchStuck(this, job).catch(ignoreClosing);
  }

  #tick(job: Job): void {
    for (const runner of this.runners.all) if (runner.takes(job.spec)) runner.tick();
  }
}

function describeRunner(runner: Runner): string {
  const { description, tags, runUntagged, paused } = runner.rules;
  const untagged = runUntagged ? ', untagged jobs' : '';
  return `${description} [${tags.join(', ')}${untagged}]${paused ? ' (paused)' : ''}`;
}

/** The only way these loops end early is that the server closes. */
function ignoreClosing(): void {}
