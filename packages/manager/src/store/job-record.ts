import type { Secret } from '@fargate-gitlab-runner/kernel';
import type { FailureReason, JobPayload } from '@fargate-gitlab-runner/protocol';

/**
 * What the store keeps about one job. Changed only by compare-and-swap, at intents, never per PATCH. Secrets are `Secret`s in
 * memory; only the store's codec reveals them. Times are milliseconds since the epoch by the manager's clock.
 */
export interface JobRecord {
  readonly schema: 1;
  readonly jobId: string;
  readonly runner: string;
  readonly deployment: string;
  /** The manager process that drives the job, and how often the job changed hands (1 = never). */
  readonly owner: string;
  readonly generation: number;
  readonly acceptedAt: number;
  readonly deadlineAt: number;
  readonly payload: JobPayload;
  readonly jobToken: Secret;
  /** Ed25519 key in OpenSSH format, and its authorized_keys line. */
  readonly clientKey: Secret;
  readonly publicKey: string;
  readonly nonce: Secret;
  /** `CI_CONCURRENT_ID` of the job, from its first placement on. */
  readonly concurrentId?: number;
  /** The job's `secrets:`, resolved; absent until they are, and where there are none. */
  readonly secrets?: readonly RecordedSecret[];
  readonly placements: readonly RecordedPlacement[];
  /** The worker we have spoken to; `hostKey` is pinned. */
  readonly worker?: RecordedWorker;
  /** Stage runs in order; the last one may be without an end: its intent was written, its outcome not. */
  readonly stages: readonly RecordedStage[];
  /** Finished trace that could not be written ahead into a worker: from before there was one, or after it was lost. */
  readonly chunks: readonly RecordedChunk[];
  /** Why the job ended; set once, the first cause wins. */
  readonly ending?: Ending;
  /** `driving` until the ending is set, `reporting` until GitLab knows, `reclaiming` until the task is stopped, then `done`: a tombstone. */
  readonly phase: 'driving' | 'reporting' | 'reclaiming' | 'done';
}

/** A secret that the job asked for, under the name of its variable. `isFile`: the variable holds the path of a file with it. */
export interface RecordedSecret {
  readonly key: string;
  readonly value: Secret;
  readonly isFile: boolean;
}

/** One try to get a worker. `request` is stored before it is sent. `taskArn` is known once RunTask answered. */
export interface RecordedPlacement {
  readonly id: string;
  readonly region: string;
  /** The RunTask request as JSON text, word for word. */
  readonly request: string;
  readonly taskArn?: string;
  readonly failure?: string;
  /** The failure is one that another capacity provider may not have. */
  readonly elsewhere?: boolean;
  /** The failure is one that other subnets may not have. */
  readonly otherSubnets?: boolean;
  /** The job was being run in its task when that stopped, and began anew. */
  readonly wasServing?: boolean;
}

/** Where the worker is. `proof`: whether it returned the nonce. */
export interface RecordedWorker {
  readonly placementId: string;
  readonly host: string;
  readonly port: number;
  readonly hostKey: string;
  readonly proof: 'proved' | 'unverified';
}

/**
 * One run of one stage. `deadlineAt` is when the worker ends it (by the manager's clock), `limit` whose deadline that is.
 */
export interface RecordedStage {
  readonly stage: string;
  readonly attempt: number;
  readonly deadlineAt: number;
  readonly limit: 'job' | 'script' | 'after_script';
  readonly end?: { readonly code: number; readonly cause: 'exit' | 'deadline' | 'signal'; readonly journalEnd: number };
}

/** A chunk kept in the record, encoded as in the worker (base64). */
export interface RecordedChunk {
  readonly name: string;
  readonly encoded: string;
}

/** Why a job ended. `reason` is absent for success. `detail` is the sentence for the last line of the trace. */
export type Ending =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly reason: FailureReason; readonly exitCode?: number; readonly detail: string }
  | { readonly kind: 'canceled'; readonly detail: string }
  /** GitLab no longer wants to hear of the job: nothing is reported. */
  | { readonly kind: 'dropped'; readonly detail: string };
