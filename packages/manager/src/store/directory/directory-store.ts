import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import { fileNameOf, textOf } from '../file-name.ts';
import type { JobRecord } from '../job-record.ts';
import type { CreateOutcome, JobStore, ReplaceOutcome, Versioned } from '../job-store.ts';
import { decodeRecord, encodeRecord, isTextOf } from '../record-codec.ts';
import type { RunnerToken, VersionedToken, WriteTokenOutcome } from '../runner-token.ts';
import { decodeStoreId, encodeStoreId } from '../store-id.ts';
import { HeartbeatFiles } from './heartbeat-files.ts';
import { RunnerTokenFiles } from './runner-token-files.ts';
import { Staging } from './staging.ts';
import { SystemIdFiles } from './system-id-files.ts';
import { VersionedFiles } from './versioned-files.ts';

const LEFTOVER_MS = 3_600_000;
const BATCH = 32;

/** Where the store lives, and its tools. */
export interface DirectoryStoreOptions {
  /** Made if absent; only its owner may enter. It must be on one file system that has hard links. */
  readonly path: string;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * A job store in a directory (0700, files 0600) that the managers of one machine share:
 * `jobs/<job>/<version>.json`, `owners/<owner>.json`, `system-ids/<id>/<version>.json`,
 * `runner-tokens/<runner>/<version>.json`, `identity/store/1.json`, and `staging/` for files that have no name yet.
 * Only unexpected faults of the file system are thrown.
 */
export class DirectoryStore implements JobStore {
  readonly #jobs: VersionedFiles;
  readonly #heartbeats: HeartbeatFiles;
  readonly #systemIds: SystemIdFiles;
  readonly #runnerTokens: RunnerTokenFiles;
  readonly #identity: VersionedFiles;
  readonly #staging: Staging;
  readonly #clock: Clock;

  private constructor({ path, clock, random }: DirectoryStoreOptions) {
    this.#staging = new Staging(join(path, 'staging'), random);
    this.#jobs = new VersionedFiles(join(path, 'jobs'), this.#staging);
    this.#heartbeats = new HeartbeatFiles(join(path, 'owners'), this.#staging);
    this.#systemIds = new SystemIdFiles(new VersionedFiles(join(path, 'system-ids'), this.#staging));
    this.#runnerTokens = new RunnerTokenFiles(new VersionedFiles(join(path, 'runner-tokens'), this.#staging));
    this.#identity = new VersionedFiles(join(path, 'identity'), this.#staging);
    this.#clock = clock;
  }

  /** Opens the store, making what is missing of its folders. */
  static async open(options: DirectoryStoreOptions): Promise<DirectoryStore> {
    for (const folder of ['', 'staging', 'jobs', 'owners', 'system-ids', 'runner-tokens', 'identity']) {
      await mkdir(join(options.path, folder), { recursive: true, mode: 0o700 });
      await chmod(join(options.path, folder), 0o700);
    }
    return new DirectoryStore(options);
  }

  async create(record: JobRecord): Promise<CreateOutcome> {
    return (await this.#write(record, 0)) ? { kind: 'created', version: '1' } : { kind: 'exists' };
  }

  async read(jobId: string): Promise<Versioned | undefined> {
    const entry = await this.#readName(fileNameOf(jobId));
    if (entry.kind === 'unreadable') throw new Error(`the record of job ${jobId} can't be read: ${entry.cause}`);
    return entry.kind === 'record' ? entry : undefined;
  }

  async list(except?: (jobId: string) => boolean): Promise<{ records: Versioned[]; unreadable: { jobId: string; cause: string }[] }> {
    const records: Versioned[] = [];
    const unreadable: { jobId: string; cause: string }[] = [];
    await this.#eachJob(async (name) => {
      if (except?.(textOf(name))) return;
      const entry = await this.#readName(name);
      if (entry.kind === 'record') records.push({ record: entry.record, version: entry.version });
      if (entry.kind === 'unreadable') unreadable.push({ jobId: textOf(name), cause: entry.cause });
    });
    return { records, unreadable };
  }

  async replace(record: JobRecord, version: string): Promise<ReplaceOutcome> {
    if (await this.#write(record, Number(version))) return { kind: 'replaced', version: String(Number(version) + 1) };
    const current = await this.#readName(fileNameOf(record.jobId));
    return { kind: current.kind === 'absent' || current.kind === 'tombstone' ? 'gone' : 'conflict' };
  }

  async sweep(ageMs: number): Promise<number> {
    const before = this.#clock.now() - ageMs;
    let swept = 0;
    await this.#eachJob(async (name) => {
      const entry = await this.#readName(name);
      if (entry.kind === 'absent') await this.#jobs.removeEmpty(name);
      if (entry.kind !== 'tombstone' || entry.tombstone.doneAt >= before) return;
      await this.#jobs.remove(name);
      swept++;
    });
    await this.#staging.sweep(this.#clock.now() - LEFTOVER_MS);
    return swept;
  }

  async storeId(make: () => string): Promise<string> {
    const known = await this.#identity.read('store');
    if (known) return decodeStoreId(known.text);
    const id = make();
    if (await this.#identity.add('store', 0, encodeStoreId(id))) return id;
    return this.storeId(make);
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

  /** Whether the record is now the version after `after`: written here, or by an earlier try that ended in an error. */
  async #write(record: JobRecord, after: number): Promise<boolean> {
    const name = fileNameOf(record.jobId);
    const current = await this.#jobs.read(name);
    if (current?.version === after + 1) return isTextOf(current.text, record);
    if ((current?.version ?? 0) !== after) return false;
    if (current && decodeRecord(current.text).kind === 'tombstone') return false;
    return this.#jobs.add(name, after, encodeRecord(record, this.#clock.now()));
  }

  async #readName(name: string) {
    const entry = await this.#jobs.read(name);
    if (!entry) return { kind: 'absent' } as const;
    return { ...decodeRecord(entry.text), version: String(entry.version) };
  }

  /** A batch at a time, so that a full store doesn't open every file at once. */
  async #eachJob(visit: (name: string) => Promise<void>): Promise<void> {
    const names = await this.#jobs.names();
    for (let from = 0; from < names.length; from += BATCH) await Promise.all(names.slice(from, from + BATCH).map(visit));
  }
}
