import { STORE_KEYS } from '@fargate-gitlab-runner/blueprint';
import type { JobRecord } from '../job-record.ts';
import type { CreateOutcome, JobStore, ReplaceOutcome, Versioned } from '../job-store.ts';
import type { RunnerToken, VersionedToken, WriteTokenOutcome } from '../runner-token.ts';
import { decodeStoreId, encodeStoreId } from '../store-id.ts';
import { MarkedObjects } from './marked-objects.ts';
import { S3Heartbeats } from './s3-heartbeats.ts';
import { S3Objects, type S3ObjectsOptions } from './s3-objects.ts';
import { S3Records } from './s3-records.ts';
import { S3RunnerTokens } from './s3-runner-tokens.ts';
import { S3SystemIds } from './s3-system-ids.ts';

const ID_KEY = `${STORE_KEYS.identity}store`;

/**
 * A job store in an S3 bucket, for managers anywhere. Versions are ETags. It relies on what S3 promises: a read and a list see every write
 * that ended before them, and a conditional write is decided by one request (Amazon S3 user guide, "Amazon S3 data consistency model").
 * The bucket must not be versioned and must be nobody else's. Failures of S3 are thrown as S3Failure, after a few tries.
 */
export class S3Store implements JobStore {
  readonly #objects: S3Objects;
  readonly #marked: MarkedObjects;
  readonly #records: S3Records;
  readonly #heartbeats: S3Heartbeats;
  readonly #systemIds: S3SystemIds;
  readonly #runnerTokens: S3RunnerTokens;

  constructor(options: S3ObjectsOptions) {
    this.#objects = new S3Objects(options);
    this.#marked = new MarkedObjects(this.#objects);
    this.#records = new S3Records(this.#objects, options.clock);
    this.#heartbeats = new S3Heartbeats(this.#objects, options.random);
    this.#systemIds = new S3SystemIds(this.#objects);
    this.#runnerTokens = new S3RunnerTokens(this.#objects);
  }

  create(record: JobRecord): Promise<CreateOutcome> {
    return this.#records.create(record);
  }

  read(jobId: string): Promise<Versioned | undefined> {
    return this.#records.read(jobId);
  }

  list(except?: (jobId: string) => boolean): Promise<{ records: Versioned[]; unreadable: { jobId: string; cause: string }[] }> {
    return this.#records.list(except ?? (() => false));
  }

  replace(record: JobRecord, version: string): Promise<ReplaceOutcome> {
    return this.#records.replace(record, version);
  }

  sweep(ageMs: number): Promise<number> {
    return this.#records.sweep(ageMs);
  }

  async storeId(make: () => string): Promise<string> {
    const known = await this.#marked.get(ID_KEY);
    if (known) return decodeStoreId(known.text);
    const id = make();
    const outcome = await this.#marked.swap({ key: ID_KEY, text: encodeStoreId(id), replaces: undefined });
    return outcome.kind === 'written' ? id : this.storeId(make);
  }

  beat(owner: string, state: { readonly released: boolean }): Promise<void> {
    return this.#heartbeats.beat(owner, state);
  }

  owners(): Promise<{ owner: string; etag: string; released: boolean }[]> {
    return this.#heartbeats.all();
  }

  forget(owner: string): Promise<void> {
    return this.#heartbeats.forget(owner);
  }

  takeSystemId(owner: string, isFree: (holder: string) => boolean, make: () => string): Promise<string> {
    return this.#systemIds.take({ owner, isFree, make });
  }

  systemIds(): Promise<{ id: string; holder: string }[]> {
    return this.#systemIds.all();
  }

  readRunnerToken(runner: string): Promise<VersionedToken | undefined> {
    return this.#runnerTokens.read(runner);
  }

  writeRunnerToken(token: RunnerToken, version: string | undefined): Promise<WriteTokenOutcome> {
    return this.#runnerTokens.write(token, version);
  }

  removeRunnerToken(runner: string): Promise<void> {
    return this.#runnerTokens.remove(runner);
  }

  /** Ends idle connections. */
  close(): void {
    this.#objects.close();
  }
}
