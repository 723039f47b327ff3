import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import type { RunnerInfo } from '@fargate-gitlab-runner/protocol';
import type { Answer } from './answer.ts';
import { apiUrlOf } from './base-url.ts';
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
import { type Call, HttpExchange } from './http-exchange.ts';
import { type ManagerVersion, managerInfo, userAgentOf } from './manager-info.ts';
import { sendPatiently } from './patient-sender.ts';
import { updateBody } from './update-body.ts';
import { verdictOfRequest } from './verdict-of-request.ts';
import { verdictOfTrace } from './verdict-of-trace.ts';
import { verdictOfUpdate } from './verdict-of-update.ts';
import { verdictOfVerify } from './verdict-of-verify.ts';

/** `url`: GitLab's own address, as people write it. `systemId`: `s_` or `r_` and 12 letters or digits. */
export interface HttpCoordinatorSettings extends ManagerVersion {
  readonly url: string;
  readonly systemId: string;
}

const JSON_TYPE = 'application/json';

/**
 * GitLab over HTTP. Throws a CodedError (FR_COORDINATOR_URL) when the address can't be used; from then on, every outcome is a verdict
 * and only an aborted signal throws. To be disposed, which cuts what is in flight.
 */
export class HttpCoordinator implements Coordinator, AsyncDisposable {
  readonly #apiUrl: string;
  readonly #systemId: string;
  readonly #userAgent: string;
  readonly #info: RunnerInfo;
  readonly #exchange: HttpExchange;
  readonly #tools: { readonly clock: Clock; readonly random: Random };
  /** By runner token: the queue value that GitLab wants to hear again. */
  readonly #lastUpdate = new Map<string, string>();

  constructor(settings: HttpCoordinatorSettings, tools: { readonly clock: Clock; readonly random: Random }) {
    this.#apiUrl = apiUrlOf(settings.url);
    this.#systemId = settings.systemId;
    this.#userAgent = userAgentOf(settings);
    this.#info = managerInfo(settings);
    this.#exchange = new HttpExchange(tools);
    this.#tools = tools;
  }

  async verify(runner: RunnerCredentials, signal: AbortSignal): Promise<VerifyVerdict> {
    return verdictOfVerify(await this.#send(this.#runnerCall('runners/verify', runner, {}), signal));
  }

  async request(runner: RunnerCredentials, options: { readonly isLongPoll: boolean }, signal: AbortSignal): Promise<RequestVerdict> {
    const token = runner.token.reveal();
    const lastUpdate = options.isLongPoll ? this.#lastUpdate.get(token) : undefined;
    const answer = await this.#send(this.#runnerCall('jobs/request', runner, lastUpdate ? { last_update: lastUpdate } : {}), signal);
    const value = answer.kind === 'answered' ? answer.headers['x-gitlab-last-update'] : undefined;
    if (value) this.#lastUpdate.set(token, value);
    const verdict = verdictOfRequest(answer);
    const isTick = verdict.kind === 'none' && options.isLongPoll && isNews(answer, lastUpdate);
    return isTick ? { kind: 'none', isTick } : verdict;
  }

  async patchTrace(job: JobCredentials, patch: TracePatch, signal: AbortSignal): Promise<TraceVerdict> {
    const { from, bytes, isDebug } = patch;
    const call: Call = {
      method: 'PATCH',
      url: `${this.#jobUrl(job)}/trace?debug_trace=${isDebug}`,
      headers: { 'JOB-TOKEN': job.token.reveal(), 'Content-Type': 'text/plain', 'Content-Range': `${from}-${from + bytes.length - 1}` },
      body: bytes,
    };
    return verdictOfTrace(await this.#send(call, signal));
  }

  async update(job: JobCredentials, update: JobUpdate, signal: AbortSignal): Promise<UpdateVerdict> {
    const token = job.token.reveal();
    const call: Call = {
      method: 'PUT',
      url: this.#jobUrl(job),
      headers: { 'JOB-TOKEN': token, 'Content-Type': JSON_TYPE },
      body: updateBody(update, { token, info: this.#info }),
    };
    return verdictOfUpdate(await this.#send(call, signal));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#exchange[Symbol.asyncDispose]();
  }

  #runnerCall(path: string, runner: RunnerCredentials, more: Readonly<Record<string, string>>): Call {
    const token = runner.token.reveal();
    return {
      method: 'POST',
      url: `${this.#apiUrl}/${path}`,
      headers: { 'RUNNER-TOKEN': token, 'Content-Type': JSON_TYPE, Accept: JSON_TYPE },
      body: JSON.stringify({ token, system_id: this.#systemId, info: this.#info, ...more }),
    };
  }

  #jobUrl(job: JobCredentials): string {
    return `${this.#apiUrl}/jobs/${encodeURIComponent(job.id)}`;
  }

  #send(call: Call, signal: AbortSignal): Promise<Answer> {
    const named: Call = { ...call, headers: { 'User-Agent': this.#userAgent, ...call.headers } };
    return sendPatiently(() => this.#exchange.send(named, signal), { ...this.#tools, signal });
  }
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
