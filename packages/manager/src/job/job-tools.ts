import type { RunnerConfig } from '@fargate-gitlab-runner/config';
import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import type { CacheCarrier } from '../cache/cache-carrier.ts';
import type { CacheStore } from '../cache/cache-store.ts';
import type { ArtifactExchange } from '../coordinator/artifact-exchange.ts';
import type { Coordinator } from '../coordinator/coordinator.ts';
import type { LogPlace, WorkerLogs } from '../fleet/worker-logs.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { SecretSource } from '../secrets/secret-source.ts';
import type { JobStore } from '../store/job-store.ts';
import type { EmitEvent } from '../telemetry/manager-event.ts';
import type { Spool } from '../archive/spool.ts';
import type { Shim } from '../transport/shim/shim.ts';
import type { Session, Transport } from '../transport/transport.ts';

/** Everything a job needs from outside; made once in main.ts. */
export interface JobTools {
  readonly clock: Clock;
  readonly random: Random;
  readonly coordinator: Coordinator;
  readonly fleet: Fleet;
  readonly transport: Transport;
  readonly store: JobStore;
  readonly secrets: SecretSource;
  readonly logs: WorkerLogs;
  readonly emit: EmitEvent;
  /** GitLab's artifacts, and room for them, for workers that can't exchange them by themselves. */
  readonly artifacts: ArtifactExchange;
  readonly spool: Spool;
  /** Where caches are kept, when the operator has a place for them. */
  readonly cache?: CacheStore;
  /** Carries them for workers without curl. */
  readonly cacheCarrier?: CacheCarrier;
  /** The shim of one worker over one connection. */
  makeShim(session: Session, of: { readonly placementId: string; readonly generation: number }): Shim;
  readonly settings: JobSettings;
}

/** What holds for every job of this manager. Times are milliseconds. */
interface JobSettings {
  readonly version: string;
  readonly revision: string;
  readonly systemId: string;
  readonly hostname: string;
  /** Of the GitLab; ends in `/api/v4`. */
  readonly apiUrl: string;
  /** The id of the job store: a tag of every task. */
  readonly storeId: string;
  /** The secrets that jobs may have by the manager's own role, as ARN patterns. */
  readonly jobSecretArns: readonly string[];
  readonly traceInitialPaceMs: number;
  /**
   * How long placing and connecting may take together, over all tries of a job. A worker that has an address is given two minutes at least, or
   * all of this where it is less.
   */
  readonly placementTimeoutMs: number;
  /** How long a worker may be out of reach before the job is given up. */
  readonly reconnectTimeoutMs: number;
  /** Between TERM and KILL. */
  readonly killGraceMs: number;
  /** What is added to the job's deadline before the worker's own watchdog ends the task. */
  readonly workerMarginMs: number;
  /** How often a worker is told that it still has a manager; several times within its orphan timeout. */
  readonly renewMs: number;
}

/** What this run of the job knows beyond its record. */
export interface JobFacts {
  readonly runner: RunnerConfig;
  /** No manager has the runner any more, and nothing of `runner` but the name is its own: the job is ended. */
  readonly isRunnerGone?: boolean;
  /** The lowest number that no other running job of this runner has. */
  readonly concurrentId: number;
  /** Whether the runner's task definition has the deadline sidecar. */
  readonly hasDeadlineContainer: boolean;
  /** Where the runner's workers log to, when that is known. */
  readonly workerLogs?: LogPlace;
  /** The first characters of the runner's token, as GitLab shows them. */
  readonly shortToken: string;
}
