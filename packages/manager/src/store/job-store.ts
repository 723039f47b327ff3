import type { JobRecord } from './job-record.ts';
import type { RunnerToken, VersionedToken, WriteTokenOutcome } from './runner-token.ts';

/**
 * Port: where records live. Several managers share one store; every write of a record is a compare-and-swap on its version. The same
 * write again (same record, same version) while nobody else wrote is the same success, so that a write that threw can be tried again.
 * Contract suite: job-store.contract.ts.
 */
export interface JobStore {
  /** Creates the record. `exists` when the job is known already (also as a tombstone). */
  create(record: JobRecord): Promise<CreateOutcome>;
  /** The record, or undefined when the job is unknown or its record a tombstone. Throws when it can't be decoded. */
  read(jobId: string): Promise<Versioned | undefined>;
  /**
   * Every record that is not a tombstone, in no order. Records that can't be decoded are named in `unreadable`, never dropped. `except`
   * spares reading what the caller knows already.
   */
  list(except?: (jobId: string) => boolean): Promise<{
    readonly records: readonly Versioned[];
    readonly unreadable: readonly { readonly jobId: string; readonly cause: string }[];
  }>;
  /** Replaces the record if its version is still `version`. `conflict`: somebody else wrote. A record in phase `done` becomes a tombstone. */
  replace(record: JobRecord, version: string): Promise<ReplaceOutcome>;
  /** Removes tombstones older than `ageMs`. Returns how many. */
  sweep(ageMs: number): Promise<number>;

  /**
   * The id of this store, the same for everybody from then on: what the first caller's `make` gave (24 hexadecimal digits). Tasks bear it
   * as a tag, so that nobody judges them by the records of another store.
   */
  storeId(make: () => string): Promise<string>;

  /** Writes this owner's heartbeat. `released: true` tells the others that its jobs are free. */
  beat(owner: string, state: { readonly released: boolean }): Promise<void>;
  /** All heartbeats. `etag` changes with every beat; whoever sees it unchanged for long enough may call the owner stale. */
  owners(): Promise<readonly { readonly owner: string; readonly etag: string; readonly released: boolean }[]>;
  /** Removes the heartbeat of an owner that holds no record any more. */
  forget(owner: string): Promise<void>;

  /**
   * The `system_id` slot that this owner holds, else one whose holder `isFree`, else a new one from `make` (`r_` and 12 letters or
   * digits), so that restarts keep the id GitLab knows. No two owners hold the same one.
   */
  takeSystemId(owner: string, isFree: (holder: string) => boolean, make: () => string): Promise<string>;
  /** Every `system_id` slot and its holder, in no order. */
  systemIds(): Promise<readonly { readonly id: string; readonly holder: string }[]>;

  /** What is kept of this runner's token. Throws when it can't be decoded. */
  readRunnerToken(runner: string): Promise<VersionedToken | undefined>;
  /**
   * Writes the token of `token.runner` if its version is still `version` (undefined: there is none yet). As with records, the same
   * write again is the same success.
   */
  writeRunnerToken(token: RunnerToken, version: string | undefined): Promise<WriteTokenOutcome>;
  /** Removes what is kept of this runner's token, if anything is. */
  removeRunnerToken(runner: string): Promise<void>;
}

/** A record and the version to name when replacing it. */
export interface Versioned {
  readonly record: JobRecord;
  readonly version: string;
}

/** `version` is the one to name in the next replace. */
export type CreateOutcome = { readonly kind: 'created'; readonly version: string } | { readonly kind: 'exists' };

/** `gone`: there is no such record, or it is a tombstone. */
export type ReplaceOutcome =
  | { readonly kind: 'replaced'; readonly version: string }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'gone' };
