import type { CacheConfig } from './cache-config.ts';
import type { RunnerConfig } from './runner-config.ts';
import type { StoreConfig } from './store-config.ts';

/**
 * What an operator has said, checked and complete: every default filled in, every unit in a name, frozen. All paths are absolute.
 */
export interface Config {
  /** Address of the GitLab, without a slash at the end. */
  readonly gitlabUrl: string;
  /** Jobs at a time in this manager process. */
  readonly concurrency: number;
  readonly namePrefix: string;
  /** Goes into the tags of our tasks, `[A-Za-z0-9._-]{1,64}`. */
  readonly deployment: string;
  /** Time in which every runner is polled once. */
  readonly checkIntervalMs: number;
  /** Polls of one runner at a time. */
  readonly requestConcurrency?: number;
  readonly store: StoreConfig;
  /** Left out: jobs have no cache. */
  readonly cache?: CacheConfig;
  readonly timing: Timing;
  /** `local`: fixed credentials without worth; the endpoint is then on a loopback address. */
  readonly ecs: { readonly endpoint?: string; readonly credentials: 'ambient' | 'local' };
  /** PEM certificates to trust in addition to those of the system. */
  readonly caFile?: string;
  /** PEM certificate and key that the manager shows to GitLab; both or neither. */
  readonly clientCertFile?: string;
  readonly clientKeyFile?: string;
  /** Labels that GitLab shows beside the manager. */
  readonly labels: Readonly<Record<string, string>>;
  /** Wait for the check interval also after a job came. */
  readonly strictCheckInterval: boolean;
  /** So many refusals in a row make a runner rest for `timing.unhealthyIntervalMs`. */
  readonly unhealthyRequestsLimit: number;
  /** Without a port, health and metrics are not served; 0 takes any free one. */
  readonly telemetry: { readonly port?: number; readonly logLevel: 'debug' | 'info' | 'warn' | 'error' };
  /** Whether tasks of ours that no record claims are stopped, only told of, or left alone; and how often is looked. */
  readonly reaper: { readonly mode: 'stop' | 'report' | 'off'; readonly intervalMs: number };
  /** Longest trace of a job, in KiB, of runners that name no limit of their own. */
  readonly outputLimitKiB: number;
  /** Patterns of the secrets that jobs may have by the manager's own role; none: no job gets any. */
  readonly jobSecretArns: readonly string[];
  /** At least one; in the order of the document, except that names that are whole numbers come first; names are unique. */
  readonly runners: readonly RunnerConfig[];
}

/** Times that an operator may change, mostly to make tests quick. */
export interface Timing {
  /** How often a manager says that it is alive. */
  readonly heartbeatMs: number;
  /** Silence after which the jobs of a manager are taken over; at least 3 heartbeats. */
  readonly ownerStaleMs: number;
  /** Silence after which a worker ends itself. Seconds, because the shim counts in them. */
  readonly workerOrphanTimeoutS: number;
  /** What a worker is given beyond the deadline of its job before its own `ci-deadline` ends it. */
  readonly workerMarginMs: number;
  /** Time for a worker to become reachable. */
  readonly placementTimeoutMs: number;
  /** Shortest pause between two DescribeTasks sweeps. */
  readonly describeIntervalMs: number;
  /** Time for which a worker may be out of reach before its job is given up. */
  readonly reconnectTimeoutMs: number;
  /** Time between TERM and KILL for a script that has to end. */
  readonly killGraceMs: number;
  /** Wait for requests in flight at SIGTERM. */
  readonly drainMs: number;
  /** Pause between two trace updates until GitLab names one. */
  readonly traceInitialPaceMs: number;
  /** Pause in polling for a runner that GitLab refused. */
  readonly unhealthyIntervalMs: number;
  /** Age at which connections to GitLab are made anew; 0: never. */
  readonly connectionMaxAgeMs: number;
}
