import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { JobRecord } from './job-record.ts';
import type { CreateOutcome, JobStore, ReplaceOutcome, Versioned } from './job-store.ts';
import { decodeRecord, encodeRecord, isTextOf } from './record-codec.ts';
import { decodeRunnerToken, encodeRunnerToken, type RunnerToken, type VersionedToken, type WriteTokenOutcome } from './runner-token.ts';
import { checkedSystemId } from './system-id.ts';

/**
 * A job store in memory, for tests; no production code imports it. It keeps encoded text, so that what a test reads back has been
 * through the codec, and it passes the same contract suite as the others.
 */
export class MemoryJobStore implements JobStore {
  readonly #clock: Clock;
  readonly #jobs = new Map<string, { readonly version: number; readonly text: string }>();
  readonly #owners = new Map<string, { readonly count: number; readonly released: boolean }>();
  readonly #systemIds = new Map<string, string>();
  #storeId: string | undefined;
  readonly #runnerTokens = new Map<string, { readonly version: number; readonly text: string }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What is stored for the job at this moment, word for word. */
  textOf(jobId: string): string | undefined {
    return this.#jobs.get(jobId)?.text;
  }

  /** Overwrites what is stored for the job, as a fault of the medium would. */
  corrupt(jobId: string, text: string): void {
    this.#jobs.set(jobId, { version: this.#jobs.get(jobId)?.version ?? 1, text });
  }

  async create(record: JobRecord): Promise<CreateOutcome> {
    return this.#write(record, 0) ? { kind: 'created', version: '1' } : { kind: 'exists' };
  }

  async read(jobId: string): Promise<Versioned | undefined> {
    const entry = this.#entry(jobId);
    if (entry?.kind === 'unreadable') throw new Error(`the record of job ${jobId} can't be read: ${entry.cause}`);
    return entry?.kind === 'record' ? { record: entry.record, version: entry.version } : undefined;
  }

  async list(except?: (jobId: string) => boolean): Promise<{ records: Versioned[]; unreadable: { jobId: string; cause: string }[] }> {
    const records: Versioned[] = [];
    const unreadable: { jobId: string; cause: string }[] = [];
    for (const jobId of this.#jobs.keys()) {
      if (except?.(jobId)) continue;
      const entry = this.#entry(jobId);
      if (entry?.kind === 'record') records.push({ record: entry.record, version: entry.version });
      if (entry?.kind === 'unreadable') unreadable.push({ jobId, cause: entry.cause });
    }
    return { records, unreadable };
  }

  async replace(record: JobRecord, version: string): Promise<ReplaceOutcome> {
    if (this.#write(record, Number(version))) return { kind: 'replaced', version: String(Number(version) + 1) };
    const current = this.#entry(record.jobId);
    return { kind: !current || current.kind === 'tombstone' ? 'gone' : 'conflict' };
  }

  async sweep(ageMs: number): Promise<number> {
    let swept = 0;
    for (const jobId of [...this.#jobs.keys()]) {
      const entry = this.#entry(jobId);
      if (entry?.kind !== 'tombstone' || entry.tombstone.doneAt >= this.#clock.now() - ageMs) continue;
      this.#jobs.delete(jobId);
      swept++;
    }
    return swept;
  }

  async storeId(make: () => string): Promise<string> {
    this.#storeId ??= make();
    return this.#storeId;
  }

  async beat(owner: string, state: { readonly released: boolean }): Promise<void> {
    this.#owners.set(owner, { count: (this.#owners.get(owner)?.count ?? 0) + 1, released: state.released });
  }

  async owners(): Promise<{ owner: string; etag: string; released: boolean }[]> {
    return [...this.#owners].map(([owner, { count, released }]) => ({ owner, etag: `${count}${released ? '-released' : ''}`, released }));
  }

  async forget(owner: string): Promise<void> {
    this.#owners.delete(owner);
  }

  async takeSystemId(owner: string, isFree: (holder: string) => boolean, make: () => string): Promise<string> {
    const slots = [...this.#systemIds];
    const found = slots.find(([, holder]) => holder === owner) ?? slots.find(([, holder]) => isFree(holder));
    const id = found?.[0] ?? checkedSystemId(make());
    this.#systemIds.set(id, owner);
    return id;
  }

  async systemIds(): Promise<{ id: string; holder: string }[]> {
    return [...this.#systemIds].map(([id, holder]) => ({ id, holder }));
  }

  async readRunnerToken(runner: string): Promise<VersionedToken | undefined> {
    const entry = this.#runnerTokens.get(runner);
    return entry && { token: decodeRunnerToken(entry.text), version: String(entry.version) };
  }

  async writeRunnerToken(token: RunnerToken, version: string | undefined): Promise<WriteTokenOutcome> {
    const after = Number(version ?? 0);
    const text = encodeRunnerToken(token);
    const current = this.#runnerTokens.get(token.runner);
    const isSame = current?.version === after + 1 && current.text === text;
    if (!isSame && (current?.version ?? 0) !== after) return { kind: 'conflict' };
    this.#runnerTokens.set(token.runner, { version: after + 1, text });
    return { kind: 'written', version: String(after + 1) };
  }

  async removeRunnerToken(runner: string): Promise<void> {
    this.#runnerTokens.delete(runner);
  }

  #write(record: JobRecord, after: number): boolean {
    const current = this.#jobs.get(record.jobId);
    if (current?.version === after + 1) return isTextOf(current.text, record);
    if ((current?.version ?? 0) !== after) return false;
    if (this.#entry(record.jobId)?.kind === 'tombstone') return false;
    this.#jobs.set(record.jobId, { version: after + 1, text: encodeRecord(record, this.#clock.now()) });
    return true;
  }

  #entry(jobId: string) {
    const entry = this.#jobs.get(jobId);
    return entry && { ...decodeRecord(entry.text), version: String(entry.version) };
  }
}
