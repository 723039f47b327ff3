/** What a stand-in GitLab can be told at start. Every field has a default; all times are in the unit of the name. */
export interface EmulatorSettings {
  /** Address to listen on. */
  readonly host: string;
  /** Port of GitLab's own address; 0 lets the system choose. */
  readonly port: number;
  /** Id of the first job, as decimal text: it may exceed 2^53. */
  readonly firstJobId: string;
  /** How long a job request with an unchanged queue value is held; 0 answers at once (long polling off). */
  readonly longPollMs: number;
  /** Sent as `X-GitLab-Trace-Update-Interval`. */
  readonly updateIntervalSeconds: number;
  /** A job whose claimed trace end is beyond this is dropped. */
  readonly traceLimitBytes: number;
  /** A running job that sends nothing for so long is failed; 0 = never. */
  readonly noUpdateTimeoutMs: number;
  /** A pending job that no seen runner matches for so long is failed; 0 = never. */
  readonly stuckTimeoutMs: number;
  /** How many times a final update is answered 202 before it is applied. */
  readonly acceptedRepeats: number;
  /** Timeout of jobs that name none. */
  readonly jobTimeoutSeconds: number;
  /** Calls per minute and token, 0 = no limit: `jobs/request` per runner token, trace and other job calls per job token. */
  readonly rateLimits: { readonly requestPerMinute: number; readonly tracePerMinute: number; readonly jobPerMinute: number };
  /** How many of the latest requests are kept for inspection. */
  readonly recordedRequests: number;
  /** The process ends by itself when its standard input is closed. Only `main` looks at it. */
  readonly exitWithParent: boolean;
}

/** Loopback, any port, no long poll, no limits, GitLab's own values elsewhere. */
export const DEFAULT_SETTINGS: EmulatorSettings = {
  host: '127.0.0.1',
  port: 0,
  firstJobId: '1001',
  longPollMs: 0,
  updateIntervalSeconds: 3,
  traceLimitBytes: 100 * 1024 * 1024,
  noUpdateTimeoutMs: 0,
  stuckTimeoutMs: 0,
  acceptedRepeats: 0,
  jobTimeoutSeconds: 3600,
  rateLimits: { requestPerMinute: 0, tracePerMinute: 0, jobPerMinute: 0 },
  recordedRequests: 20_000,
  exitWithParent: false,
};
