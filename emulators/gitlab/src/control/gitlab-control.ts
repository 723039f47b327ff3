import { get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { CodedError } from '@fargate-gitlab-runner/kernel';
import type { Finding } from '../coordinator/finding.ts';
import { listOf, object, type Shape } from '../wire/shape.ts';
import type { Fault } from './fault.ts';
import { type GitLabEvent, readEvent } from './gitlab-event.ts';
import { type RecordedRequest, recordedRequest } from './recorder.ts';
import {
  type AccessTokenSpec,
  type EnqueuedJobSpec,
  finding,
  issuedToken,
  type JobView,
  jobView,
  type KnobsSpec,
  type OutageSpec,
  type PipelineSpec,
  type PipelineStart,
  type PipelineView,
  pipelineStart,
  pipelineView,
  problem,
  type ProjectSpec,
  type RegistrationTokenSpec,
  type RunnerSpec,
  type RunnerView,
  runnerView,
} from './views.ts';

const nothing = object({});

/** Which events to follow; without `since` all from the beginning. `kinds` and `jobId` spare what nobody reads. */
export interface Following {
  /** The number of the last event already seen. */
  readonly since?: number;
  readonly kinds?: readonly GitLabEvent['kind'][];
  readonly jobId?: string;
  readonly signal?: AbortSignal;
}

/**
 * Drives a stand-in GitLab from outside: what a person would do in the user interface, and what only a test wants. Every call
 * throws a `CodedError` with the server's problems when it is refused.
 */
export class GitLabControl {
  readonly #url: string;

  /** @param url GitLab's own address or, better, the control address, which stays reachable during an outage */
  constructor(url: string) {
    this.#url = `${url.replace(/\/+$/, '')}/_control`;
  }

  /** Without a token one is made up; without `runUntagged`, a runner without tags takes untagged jobs. */
  createRunner(spec: RunnerSpec = {}): Promise<RunnerView> {
    return this.#call('POST', '/runners', { body: spec, shape: runnerView });
  }

  /** Changes rules of a runner; a token can't be changed. */
  changeRunner(id: number, spec: Omit<RunnerSpec, 'token'>): Promise<RunnerView> {
    return this.#call('PATCH', `/runners/${id}`, { body: spec, shape: runnerView });
  }

  /** The runner's token is over from now on. */
  expireToken(id: number): Promise<RunnerView> {
    return this.#call('POST', `/runners/${id}/expire`, { shape: runnerView });
  }

  /** A legacy registration token for `POST /runners`. */
  async createRegistrationToken(spec: RegistrationTokenSpec = {}): Promise<string> {
    return (await this.#call('POST', '/registration-tokens', { body: spec, shape: issuedToken })).token;
  }

  /** A personal access token for `POST /user/runners` and the reset by id. */
  async createAccessToken(spec: AccessTokenSpec = {}): Promise<string> {
    return (await this.#call('POST', '/access-tokens', { body: spec, shape: issuedToken })).token;
  }

  runners(): Promise<readonly RunnerView[]> {
    return this.#call('GET', '/runners', { shape: listOf(runnerView) });
  }

  async createProject(spec: ProjectSpec): Promise<void> {
    await this.#call('POST', '/projects', { body: spec, shape: nothing });
  }

  createPipeline(spec: PipelineSpec): Promise<PipelineStart> {
    return this.#call('POST', '/pipelines', { body: spec, shape: pipelineStart });
  }

  pipeline(id: number): Promise<PipelineView> {
    return this.#call('GET', `/pipelines/${id}`, { shape: pipelineView });
  }

  /** Puts one job into the queue, past any pipeline file. */
  enqueueJob(spec: EnqueuedJobSpec = {}): Promise<JobView> {
    return this.#call('POST', '/jobs', { body: spec, shape: jobView });
  }

  jobs(): Promise<readonly JobView[]> {
    return this.#call('GET', '/jobs', { shape: listOf(jobView) });
  }

  job(id: string): Promise<JobView> {
    return this.#call('GET', `/jobs/${id}`, { shape: jobView });
  }

  /** What is stored of the job's log. */
  async trace(id: string): Promise<Buffer> {
    const answer = await this.#fetch('GET', `/jobs/${id}/trace`);
    return Buffer.from(await answer.arrayBuffer());
  }

  /** The bytes of a stored artifact, by its type (`archive`, `junit`, …), even if it has expired. */
  async artifact(id: string, type = 'archive'): Promise<Buffer> {
    const answer = await this.#fetch('GET', `/jobs/${id}/artifacts/${encodeURIComponent(type)}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  /** Removes log and artifacts of a job that has ended. */
  eraseJob(id: string): Promise<JobView> {
    return this.#call('POST', `/jobs/${id}/erase`, { shape: jobView });
  }

  /** Forgets the stored log from byte `size` on, behind the runner's back. */
  async truncateTrace(id: string, size: number): Promise<void> {
    await this.#call('POST', `/jobs/${id}/truncate`, { body: { size }, shape: nothing });
  }

  /** `graceful` (default): GitLab decides by what the job's manager promised; `force`: canceled at once. */
  cancelJob(id: string, how: 'graceful' | 'force' = 'graceful'): Promise<JobView> {
    return this.#call('POST', `/jobs/${id}/cancel`, { body: { how }, shape: jobView });
  }

  /** Lets a manual job go, or a delayed one before its time. */
  playJob(id: string): Promise<JobView> {
    return this.#call('POST', `/jobs/${id}/play`, { shape: jobView });
  }

  /** Makes a new job of the same name out of one that ended, and gives that. */
  retryJob(id: string): Promise<JobView> {
    return this.#call('POST', `/jobs/${id}/retry`, { shape: jobView });
  }

  /** Resolves with the job once nothing will happen to it any more; rejects when the signal aborts. */
  async jobEnd(id: string, signal?: AbortSignal): Promise<JobView> {
    for await (const event of this.follow({ jobId: id, kinds: ['job'], ...(signal ? { signal } : {}) })) {
      if (event.kind === 'job' && ENDED.includes(event.to)) break;
    }
    signal?.throwIfAborted();
    return this.job(id);
  }

  /** Resolves with the pipeline once all its jobs have ended (one that is blocked by a manual job has not); rejects when the signal aborts. */
  async pipelineEnd(id: number, signal?: AbortSignal): Promise<PipelineView> {
    for await (const event of this.follow({ kinds: ['pipeline'], ...(signal ? { signal } : {}) })) {
      if (event.kind === 'pipeline' && event.pipelineId === id && ENDED.includes(event.status)) break;
    }
    signal?.throwIfAborted();
    return this.pipeline(id);
  }

  /** What happened and what happens, in order. Ends when the signal aborts or the server goes away. */
  async *follow({ since = 0, kinds, jobId, signal }: Following = {}): AsyncGenerator<GitLabEvent> {
    const query = new URLSearchParams({
      since: String(since),
      ...(kinds ? { kinds: kinds.join(',') } : {}),
      ...(jobId === undefined ? {} : { job: jobId }),
    });
    const stream = await openStream(`${this.#url}/events?${query}`, signal);
    try {
      for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) yield readEvent(line);
    } finally {
      stream.destroy();
    }
  }

  /** Makes the next calls on a route go wrong. */
  async addFault(fault: Fault): Promise<void> {
    await this.#call('POST', '/faults', { body: fault, shape: nothing });
  }

  async clearFaults(): Promise<void> {
    await this.#call('DELETE', '/faults', { shape: nothing });
  }

  async turn(knobs: KnobsSpec): Promise<void> {
    await this.#call('PATCH', '/knobs', { body: knobs, shape: nothing });
  }

  /** Takes GitLab's own address away, for `forMs` or until `up`. */
  async down(outage: OutageSpec): Promise<void> {
    await this.#call('POST', '/down', { body: outage, shape: nothing });
  }

  async up(): Promise<void> {
    await this.#call('POST', '/up', { shape: nothing });
  }

  /** The latest requests to GitLab's own address, oldest first; control calls are not among them. */
  requests(): Promise<readonly RecordedRequest[]> {
    return this.#call('GET', '/requests', { shape: listOf(recordedRequest) });
  }

  /** Everything that clients did wrong so far. A well-behaved manager leaves it empty. */
  findings(): Promise<readonly Finding[]> {
    return this.#call('GET', '/findings', { shape: listOf(finding) });
  }

  async #call<T>(method: string, path: string, { body, shape }: { readonly body?: unknown; readonly shape: Shape<T> }): Promise<T> {
    const answer = await this.#fetch(method, path, body);
    return shape.read(await answer.json(), `${method} ${path}`);
  }

  async #fetch(method: string, path: string, body?: unknown): Promise<Response> {
    const content = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await fetch(`${this.#url}${path}`, { method, ...content });
    if (answer.ok) return answer;
    throw new CodedError(object({ problems: listOf(problem) }).read(await answer.json(), `${method} ${path}`).problems);
  }
}

const ENDED: readonly string[] = ['success', 'failed', 'canceled', 'skipped'];

/** `http.get`, because fetch gives up on a stream that is silent for five minutes. */
function openStream(url: string, signal: AbortSignal | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false, ...(signal ? { signal } : {}) }, resolve).on('error', reject);
  });
}
