import type { ProxySettings } from '@fargate-gitlab-runner/config';
import type { RunnerInfo } from '@fargate-gitlab-runner/protocol';
import type { Answer } from './answer.ts';
import { apiUrlOf } from './base-url.ts';
import type { ServerTls } from './coordinator.ts';
import { type Call, type ExchangeTools, HttpExchange, type StreamCall, type Streamed } from './http-exchange.ts';
import { type ManagerVersion, managerInfo, userAgentOf } from './manager-info.ts';
import { sendPatiently } from './patient-sender.ts';
import { proxyFor } from './proxy-for.ts';
import type { TlsFileNames } from './tls-files.ts';

/** `url`: GitLab's own address, as people write it. `systemId`: `s_` or `r_` and 12 letters or digits. */
export interface GitlabApiSettings extends ManagerVersion, TlsFileNames {
  readonly url: string;
  readonly systemId: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly connectionMaxAgeMs?: number;
  readonly proxy?: ProxySettings;
}

/** A call as its sender knows it: `path` lies below the API's address. `jsonBody` is sent as JSON. */
export interface ApiCall {
  readonly method: Call['method'];
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly jsonBody?: unknown;
  /** Raw bytes, with the media type text/plain. */
  readonly textBody?: Uint8Array;
  /** The answer is read as JSON. */
  readonly wantsJson?: boolean;
}

const JSON_TYPE = 'application/json';

/**
 * GitLab's API over HTTP: addresses, who we are, connections and patience; what calls mean is the business of those who use it. Throws a
 * CodedError (FR_COORDINATOR_URL, FR_COORDINATOR_PROXY) when an address can't be used. To be disposed, which cuts what is in flight.
 */
export class GitlabApi implements AsyncDisposable {
  readonly systemId: string;
  readonly info: RunnerInfo;
  /** Ends in `/api/v4`. */
  readonly apiUrl: string;
  readonly #userAgent: string;
  readonly #exchange: HttpExchange;
  readonly #tools: ExchangeTools;

  constructor(settings: GitlabApiSettings, tools: ExchangeTools) {
    this.apiUrl = apiUrlOf(settings.url);
    this.systemId = settings.systemId;
    this.info = managerInfo(settings, settings.labels);
    this.#userAgent = userAgentOf(settings);
    const { caFile, clientCertFile, clientKeyFile, connectionMaxAgeMs: maxAgeMs, proxy } = settings;
    this.#exchange = new HttpExchange(
      {
        caFile,
        clientCertFile,
        clientKeyFile,
        ...(maxAgeMs !== undefined && { maxAgeMs }),
        proxy: proxy && proxyFor(this.apiUrl, proxy),
      },
      tools,
    );
    this.#tools = tools;
  }

  /** What a job needs to talk to GitLab over TLS: the configured CA, or else the verified chain of the last connection; nothing over plain http. */
  get serverTls(): ServerTls | undefined {
    if (!this.apiUrl.startsWith('https:')) return undefined;
    const { ca, client } = this.#exchange.material;
    const caPem = ca ?? this.#exchange.serverChain;
    return { ...(caPem !== undefined && { caPem }), ...(client && { clientCertPem: client.cert, clientKeyPem: client.key }) };
  }

  /** Sends until GitLab answers something that a retry would not change. Throws only the reason of the signal. */
  send(call: ApiCall, signal: AbortSignal): Promise<Answer> {
    const body = call.textBody ?? (call.jsonBody === undefined ? undefined : JSON.stringify(call.jsonBody));
    const type = call.textBody ? 'text/plain' : JSON_TYPE;
    const whole: Call = {
      method: call.method,
      url: `${this.apiUrl}/${call.path}`,
      headers: {
        'User-Agent': this.#userAgent,
        ...call.headers,
        ...(body !== undefined && { 'Content-Type': type }),
        ...(call.wantsJson && { Accept: JSON_TYPE }),
      },
      ...(body !== undefined && { body }),
    };
    return sendPatiently(() => this.#exchange.send(whole, signal), { ...this.#tools, signal });
  }

  /** Sends once, whatever is answered, with a body or an answer too large to be held. Throws only the reason of the signal. */
  stream(call: StreamCall, signal: AbortSignal): Promise<Streamed | { readonly kind: 'unanswered'; readonly cause: string }> {
    return this.#exchange.stream({ ...call, headers: { 'User-Agent': this.#userAgent, ...call.headers } }, signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#exchange[Symbol.asyncDispose]();
  }
}
