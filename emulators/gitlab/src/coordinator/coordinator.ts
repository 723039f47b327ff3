import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import { EventLog } from './event-log.ts';
import type { Finding } from './finding.ts';
import type { Job, JobEnd, JobSpec } from './job.ts';
import { JobRegistry } from './job-registry.ts';
import { isExecuting, type JobStatus } from './job-status.ts';
import { PipelineRecord } from './pipeline-record.ts';
import type { Project } from './project.ts';
import { RateLimiter } from './rate-limiter.ts';
import type { Runner } from './runner.ts';
import { RunnerRegistry } from './runner-registry.ts';
import type { EmulatorSettings } from './settings.ts';
import type { SourceCommit } from './source-commit.ts';

/** Settings that tests may turn while the server runs. */
export interface Knobs {
  updateIntervalSeconds: number;
  /** So many of the next final updates are answered 412, and the trace is forgotten, so that all of it is sent again. */
  rejectedFinals: number;
  acceptedRepeats: number;
}

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
  readonly jobs: JobRegistry;
  readonly events: EventLog;
  readonly limiter: RateLimiter;
  readonly findings: Finding[] = [];
  readonly pipelines = new Map<number, PipelineRecord>();
  readonly projects: Project[] = [];
  /** GitLab's own address, without a slash at the end; known once the server listens. */
  url = '';
  readonly #closed = new AbortController();
  #nextPipelineId = 1;
  readonly #stuck = new Map<string, string>();

  constructor(settings: EmulatorSettings, tools: { readonly clock: Clock; readonly random: Random }) {
    this.settings = settings;
    this.clock = tools.clock;
    this.runners = new RunnerRegistry(tools.random);
    this.jobs = new JobRegistry(settings.firstJobId, tools.random);
    this.events = new EventLog(() => tools.clock.now());
    this.limiter = new RateLimiter(tools.clock);
    this.knobs = { updateIntervalSeconds: settings.updateIntervalSeconds, rejectedFinals: 0, acceptedRepeats: settings.acceptedRepeats };
  }

  /** Aborts when the server closes: nothing waits beyond it. */
  get closing(): AbortSignal {
    return this.#closed.signal;
  }

  close(): void {
    this.#closed.abort();
  }

  addProject(path: string, repository: string): Project {
    const project = { id: this.projects.length + 1, path, repository };
    this.projects.push(project);
    return project;
  }

  project(path: string): Project | undefined {
    return this.projects.find((project) => project.path === path);
  }

  /** An empty pipeline; `addJob` fills it, `advance` on it starts it. */
  addPipeline(facts: {
    readonly project: Project | undefined;
    readonly commit: SourceCommit;
    readonly stages: readonly string[];
  }): PipelineRecord {
    const pipeline = new PipelineRecord({ id: this.#nextPipelineId++, ...facts }, (changed) =>
      this.events.add({ kind: 'pipeline', pipelineId: changed.id, status: changed.status }),
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

  /** Why no runner that has been in touch would take the pending job, as a sentence; kept once the job has failed for it. */
  stuckReason(job: Job): string | undefined {
    if (job.status !== 'pending') return this.#stuck.get(job.id);
    const seen = this.runners.all.filter((runner) => runner.managers.size > 0);
    if (seen.some((runner) => runner.takes(job.spec.tags))) return undefined;
    const wanted = job.spec.tags.length > 0 ? `the job wants tags ${job.spec.tags.join(', ')}` : 'the job has no tags';
    return `${wanted}; ${seen.length === 0 ? 'no runner has been in touch' : `runners in touch: ${seen.map(describeRunner).join('; ')}`}`;
  }

  #changed(job: Job, from: JobStatus): void {
    const { name, stage, pipelineId } = job.spec;
    this.events.add({ kind: 'job', jobId: job.id, name, stage, pipelineId, from, to: job.status, ...job.end });
    if (job.status === 'pending') this.#awaitRunner(job);
    if (job.status === 'running') this.#awaitUpdates(job).catch(ignoreClosing);
    this.pipelines.get(pipelineId)?.advance();
  }

  #awaitRunner(job: Job): void {
    for (const runner of this.runners.all) if (runner.takes(job.spec.tags)) runner.tick();
    if (this.settings.stuckTimeoutMs > 0) this.#failWhenStuck(job).catch(ignoreClosing);
  }

  async #failWhenStuck(job: Job): Promise<void> {
    while (job.status === 'pending') {
      await this.clock.sleep(this.settings.stuckTimeoutMs, this.closing);
      const reason = this.stuckReason(job);
      if (reason === undefined) continue;
      this.#stuck.set(job.id, reason);
      job.move('failed', { failureReason: 'stuck_pending_no_matching_runners' });
    }
  }

  async #awaitUpdates(job: Job): Promise<void> {
    job.touchedAt = this.clock.monotonic();
    if (this.settings.noUpdateTimeoutMs === 0) return;
    while (isExecuting(job.status)) {
      const left = job.touchedAt + this.settings.noUpdateTimeoutMs - this.clock.monotonic();
      if (left > 0) await this.clock.sleep(left, this.closing);
      else job.move('failed', { failureReason: job.status === 'canceling' ? 'no_updates_canceling' : 'no_updates_running' });
    }
  }
}

function describeRunner(runner: Runner): string {
  const { description, tags, runUntagged, paused } = runner.rules;
  const untagged = runUntagged ? ', untagged jobs' : '';
  return `${description} [${tags.join(', ')}${untagged}]${paused ? ' (paused)' : ''}`;
}

/** The only way these loops end early is that the server closes. */
function ignoreClosing(): void {}
