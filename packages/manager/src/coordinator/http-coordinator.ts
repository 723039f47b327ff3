import type { Answer } from './answer.ts';
import type {
  Coordinator,
  JobCredentials,
  JobUpdate,
  RequestVerdict,
  RunnerCredentials,
  TracePatch,
  TraceVerdict,
  UpdateVerdict,
  VerifyVerdict,
} from './coordinator.ts';
import type { GitlabApi } from './gitlab-api.ts';
import { updateBody } from './update-body.ts';
import { verdictOfRequest } from './verdict-of-request.ts';
import { verdictOfTrace } from './verdict-of-trace.ts';
import { verdictOfUpdate } from './verdict-of-update.ts';
import { verdictOfVerify } from './verdict-of-verify.ts';

/**
 * GitLab over HTTP. Every outcome is a verdict and only an aborted signal throws. To be disposed, which cuts what is in flight.
 */
export class HttpCoordinator implements Coordinator, AsyncDisposable {
  readonly #api: GitlabApi;
  /** By runner token: the queue value that GitLab wants to hear again. */
  readonly #lastUpdate = new Map<string, string>();

  constructor(api: GitlabApi) {
    this.#api = api;
  }

  async verify(runner: RunnerCredentials, signal: AbortSignal): Promise<VerifyVerdict> {
    return verdictOfVerify(await this.#askAsRunner('runners/verify', { runner }, signal));
  }

  async request(runner: RunnerCredentials, options: { readonly isLongPoll: boolean }, signal: AbortSignal): Promise<RequestVerdict> {
    const token = runner.token.reveal();
    const lastUpdate = options.isLongPoll ? this.#lastUpdate.get(token) : undefined;
    const answer = await this.#askAsRunner('jobs/request', { runner, more: lastUpdate ? { last_update: lastUpdate } : {} }, signal);
    const value = answer.kind === 'answered' ? answer.headers['x-gitlab-last-update'] : undefined;
    if (value) this.#lastUpdate.set(token, value);
    const verdict = verdictOfRequest(answer);
    if (verdict.kind === 'job') return this.#withTls(verdict);
    const isTick = verdict.kind === 'none' && options.isLongPoll && isNews(answer, lastUpdate);
    return isTick ? { kind: 'none', isTick } : verdict;
  }

  async patchTrace(job: JobCredentials, patch: TracePatch, signal: AbortSignal): Promise<TraceVerdict> {
    const { from, bytes, isDebug } = patch;
    const call = {
      method: 'PATCH',
      path: `${jobPath(job)}/trace?debug_trace=${isDebug}`,
      headers: { 'JOB-TOKEN': job.token.reveal(), 'Content-Range': `${from}-${from + bytes.length - 1}` },
      textBody: bytes,
    } as const;
    return verdictOfTrace(await this.#api.send(call, signal));
  }

  async update(job: JobCredentials, update: JobUpdate, signal: AbortSignal): Promise<UpdateVerdict> {
    const token = job.token.reveal();
    const jsonBody = updateBody(update, { token, info: this.#api.info });
    const call = { method: 'PUT', path: jobPath(job), headers: { 'JOB-TOKEN': token }, jsonBody } as const;
    return verdictOfUpdate(await this.#api.send(call, signal), update.state);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#api[Symbol.asyncDispose]();
  }

  #withTls(verdict: RequestVerdict & { readonly kind: 'job' }): RequestVerdict {
    const tls = this.#api.serverTls;
    return tls ? { ...verdict, tls } : verdict;
  }

  #askAsRunner(
    path: string,
    of: { readonly runner: RunnerCredentials; readonly more?: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<Answer> {
    const token = of.runner.token.reveal();
    const jsonBody = { token, system_id: this.#api.systemId, info: this.#api.info, ...of.more };
    return this.#api.send({ method: 'POST', path, headers: { 'RUNNER-TOKEN': token }, jsonBody, wantsJson: true }, signal);
  }
}

function jobPath(job: JobCredentials): string {
  return `jobs/${encodeURIComponent(job.id)}`;
}

/**
 * Whether GitLab will really look, or hold, when it is asked again: it let a held question go (a 204 without a queue value), or named
 * another queue value than the one it was told. Source: GitLab runner API, long polling.
 */
function isNews(answer: Answer, told: string | undefined): boolean {
  if (answer.kind !== 'answered' || answer.status !== 204) return false;
  const value = answer.headers['x-gitlab-last-update'];
  return value ? value !== told : told !== undefined;
}
