/** Calls per minute and token, 0 = no limit. */
export interface RateLimits {
  /** `jobs/request`, per runner token. */
  readonly requestPerMinute: number;
  /** `PATCH /jobs/:id/trace`, per job token. */
  readonly tracePerMinute: number;
  /** Everything else under `/jobs/:id`, per job token. */
  readonly jobPerMinute: number;
}

/** What GitLab's documentation gives as defaults of the application's own limiter. */
export const GITLAB_RATE_LIMITS: RateLimits = { requestPerMinute: 2000, tracePerMinute: 200, jobPerMinute: 200 };

/** What a stand-in GitLab can be told at start. Every field has a default; all times are in the unit of the name. */
export interface EmulatorSettings {
  /** Address to listen on. */
  readonly host: string;
  /** Port of GitLab's own address; 0 lets the system choose. */
  readonly port: number;
  /** Certificate (with its chain) and key as PEM files: GitLab's own address speaks TLS then. Control and object storage stay HTTP. */
  readonly tls: TlsFiles | undefined;
  /** Id of the first job, as decimal text: it may exceed 2^53. */
  readonly firstJobId: string;
  /** How long a job request with an unchanged queue value is held; 0 answers at once (long polling off). */
  readonly longPollMs: number;
  /** Sent as `X-GitLab-Trace-Update-Interval`. */
  readonly updateIntervalSeconds: number;
  /** A job whose claimed trace end is beyond this is dropped. */
  readonly traceLimitBytes: number;
  /** An artifact of more bytes is refused with 413. */
  readonly artifactLimitBytes: number;
  /** A running job that sends nothing for so long is failed; 0 = never. GitLab: an hour. */
  readonly noUpdateTimeoutMs: number;
  /** A job is failed so long after its own timeout; GitLab's own is 15 minutes. */
  readonly serverTimeoutGraceMs: number;
  /** A pending job that no seen runner matches for so long is failed; 0 = never. */
  readonly stuckTimeoutMs: number;
  /** How many times a final update is answered 202 before it is applied. */
  readonly acceptedRepeats: number;
  /** How long after the first final update a 202 is given, if there is a trace; GitLab needs that long to store it. At most 5 minutes count. */
  readonly pendingTraceMs: number;
  /** Timeout of jobs that name none. */
  readonly jobTimeoutSeconds: number;
  /** Lifetime of runner tokens; 0 = they do not expire. */
  readonly tokenLifetimeSeconds: number;
  /** After so long a manager's `info` is stored anew; GitLab: 40 to 55 minutes. */
  readonly managerRefreshMs: number;
  readonly rateLimits: RateLimits;
  /** `application`: a 429 has `Retry-After: 60`, as from GitLab itself; `proxy`: the `RateLimit-*` headers that Rack::Attack adds, too. */
  readonly rateLimitHeaders: 'application' | 'proxy';
  readonly twoPhaseCommit: boolean;
  readonly areArtifactsRemote: boolean;
  /** How many of the latest requests are kept for inspection. */
  readonly recordedRequests: number;
  /** The process ends by itself when its standard input is closed. Only `main` looks at it. */
  readonly exitWithParent: boolean;
}

/** Paths of PEM files. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Client certificates are asked for, and must be signed by one of these. */
  readonly clientCaFile?: string;
}

/** Loopback, any port, no long poll, no rate limits, GitLab's own values elsewhere. */
export const DEFAULT_SETTINGS: EmulatorSettings = {
  host: '127.0.0.1',
  port: 0,
  tls: undefined,
  firstJobId: '1001',
  longPollMs: 0,
  updateIntervalSeconds: 3,
  traceLimitBytes: 100 * 1024 * 1024,
  artifactLimitBytes: 1024 * 1024 * 1024,
  noUpdateTimeoutMs: 0,
  serverTimeoutGraceMs: 15 * 60 * 1000,
  stuckTimeoutMs: 0,
  acceptedRepeats: 0,
  pendingTraceMs: 0,
  jobTimeoutSeconds: 3600,
  tokenLifetimeSeconds: 0,
  managerRefreshMs: 55 * 60 * 1000,
  rateLimits: { requestPerMinute: 0, tracePerMinute: 0, jobPerMinute: 0 },
  rateLimitHeaders: 'application',
  twoPhaseCommit: false,
  areArtifactsRemote: false,
  recordedRequests: 20_000,
  exitWithParent: false,
};
