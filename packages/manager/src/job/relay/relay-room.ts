import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import type { ArtifactExchange } from '../../coordinator/artifact-exchange.ts';
import type { JobCredentials } from '../../coordinator/coordinator.ts';
import type { RelayPlace } from '../../shell/artifacts/relay.ts';
import type { WorkerLink } from '../worker/worker-link.ts';
import type { Spool } from '../../archive/spool.ts';

type Artifact = JobPayload['artifacts'][number];

/** All that a relay works with: the worker, GitLab, and what the stage may ask for. */
export interface RelayRoom {
  readonly clock: Clock;
  readonly link: WorkerLink;
  readonly exchange: ArtifactExchange;
  readonly spool: Spool;
  readonly place: RelayPlace;
  readonly job: JobCredentials;
  /** Of the stage, in its order. */
  readonly artifacts: readonly Artifact[];
  /** The earlier jobs whose archives are wanted, each with its own token. */
  readonly dependencies: readonly JobCredentials[];
  /** Level of zlib. */
  readonly level: number;
  readonly canUnzip: boolean;
}
