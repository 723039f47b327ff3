import type { Secret } from '@fargate-gitlab-runner/kernel';
import type { FailureReason, JobPayload } from '@fargate-gitlab-runner/protocol';

/**
 * Port: GitLab as the rest of the manager sees it. Every call answers with a verdict, what the answer means for us, and
 * never with a status code; only an aborted signal throws. Retries of the transport layer happen behind it.
 */
export interface Coordinator {
  /** Asks whether this token is good. */
  verify(runner: RunnerCredentials, signal: AbortSignal): Promise<VerifyVerdict>;
  /** Asks for one job. `isLongPoll: false` leaves `last_update` out, so that GitLab answers at once. */
  request(runner: RunnerCredentials, options: { readonly isLongPoll: boolean }, signal: AbortSignal): Promise<RequestVerdict>;
  /** Appends bytes to the job's trace. `bytes` is never empty and at most 1 MiB. */
  patchTrace(job: JobCredentials, patch: TracePatch, signal: AbortSignal): Promise<TraceVerdict>;
  /** Reports the job's state. */
  update(job: JobCredentials, update: JobUpdate, signal: AbortSignal): Promise<UpdateVerdict>;
}

/** A runner as GitLab knows it. `name` is ours, for logs. */
export interface RunnerCredentials {
  readonly name: string;
  readonly token: Secret;
}

/** What a job needs to call GitLab over TLS as the manager does: certificates to trust, and the client's own. */
export interface ServerTls {
  readonly caPem?: string;
  readonly clientCertPem?: string;
  readonly clientKeyPem?: string;
}

/** A job as GitLab knows it. */
export interface JobCredentials {
  readonly id: string;
  readonly token: Secret;
}

/** One piece of trace: `bytes` start at offset `from`. `isDebug` tells GitLab that the trace may hold secrets. */
export interface TracePatch {
  readonly from: number;
  readonly bytes: Uint8Array;
  readonly isDebug: boolean;
}

/** A state report. `output` is left out on the first one; `checksum` is CRC-32 (IEEE) of the whole trace. */
export interface JobUpdate {
  readonly state: 'running' | 'success' | 'failed';
  readonly failureReason?: FailureReason;
  /** Sent when it is not zero. */
  readonly exitCode?: number;
  readonly output?: { readonly checksum?: number; readonly bytesize: number };
}

/** `refused`: GitLab does not know the token (403). Anything else says nothing about it. */
export type VerifyVerdict =
  | { readonly kind: 'valid'; readonly id: string; readonly tokenExpiresAt?: string }
  | { readonly kind: 'refused'; readonly cause: string }
  | { readonly kind: 'unavailable'; readonly cause: string };

/**
 * `isTick`: GitLab let a held question go, or named a new queue value: the next question is looked at, or held, so it may be asked at once. `broken`: a 201 whose body can't be read; `salvage` has the job's id and token when at least those could be, so that the job
 * can be failed instead of hanging. `refused`: 403, counts as unhealthy.
 */
export type RequestVerdict =
  | { readonly kind: 'job'; readonly job: JobPayload; readonly tls?: ServerTls }
  | { readonly kind: 'none'; readonly isTick?: true }
  | { readonly kind: 'broken'; readonly problems: readonly string[]; readonly salvage?: JobCredentials }
  | { readonly kind: 'refused'; readonly cause: string }
  | { readonly kind: 'unavailable'; readonly cause: string };

/**
 * `rewind`: GitLab holds exactly `to` bytes, go on from there. `gone`: the job is over on GitLab's side, stop everything.
 * `paceMs`: how long to wait between patches from now on, when GitLab said so. `isCanceling`: stop the user's scripts.
 */
export type TraceVerdict =
  | { readonly kind: 'accepted'; readonly paceMs?: number; readonly isCanceling: boolean }
  | { readonly kind: 'rewind'; readonly to: number; readonly paceMs?: number }
  | { readonly kind: 'gone'; readonly cause: string }
  | { readonly kind: 'missing'; readonly cause: string }
  | { readonly kind: 'failed'; readonly cause: string };

/**
 * `pending`: the final state is noted, ask again after `paceMs`. `rejected`: the trace did not arrive whole, send it again from 0.
 * `gone`: over, whatever we report (also the normal answer to a repeated final report).
 */
export type UpdateVerdict =
  | { readonly kind: 'accepted'; readonly paceMs?: number; readonly isCanceling: boolean }
  | { readonly kind: 'pending'; readonly paceMs?: number }
  | { readonly kind: 'rejected'; readonly paceMs?: number }
  | { readonly kind: 'gone'; readonly cause: string }
  | { readonly kind: 'failed'; readonly cause: string };
