import { STORE_KEYS } from '@fargate-gitlab-runner/blueprint';
import type { Clock } from '@fargate-gitlab-runner/kernel';
import { fileNameOf, textOf } from '../file-name.ts';
import type { JobRecord } from '../job-record.ts';
import type { CreateOutcome, ReplaceOutcome, Versioned } from '../job-store.ts';
import { decodeRecord, encodeRecord } from '../record-codec.ts';
import { inParallel } from './in-parallel.ts';
import { MarkedObjects, type VersionedMarkedText } from './marked-objects.ts';
import { markOf, readMarked, withMark } from './marked-text.ts';
import { RecordCache } from './record-cache.ts';
import type { S3Objects } from './s3-objects.ts';

/** Records that are read at the same time. */
const READERS = 32;

/**
 * The records of a store in S3: `jobs/<job>`, and `done/<job>` for tombstones.
 *
 * Life of a record: created (If-None-Match) -> replaced (If-Match) -> replaced by its tombstone -> the tombstone is copied to `done/` and
 * taken out of `jobs/`. Gotcha: the last step decides nothing and may fail; whoever lists `jobs/` next makes up for it. So `jobs/` holds
 * the living, and looking for jobs costs what they cost, however many there have been.
 */
export class S3Records {
  readonly #objects: S3Objects;
  readonly #marked: MarkedObjects;
  readonly #clock: Clock;
  readonly #cache = new RecordCache();

  constructor(objects: S3Objects, clock: Clock) {
    this.#objects = objects;
    this.#marked = new MarkedObjects(objects);
    this.#clock = clock;
  }

  async create(record: JobRecord): Promise<CreateOutcome> {
    const name = fileNameOf(record.jobId);
    if (await this.#objects.has(doneKey(name))) return { kind: 'exists' };
    const text = encodeRecord(record, this.#clock.now());
    const outcome = await this.#marked.swap({ key: jobKey(name), text, replaces: undefined });
    return outcome.kind === 'written' ? { kind: 'created', version: outcome.etag } : { kind: 'exists' };
  }

  async read(jobId: string): Promise<Versioned | undefined> {
    const found = await this.#marked.get(jobKey(fileNameOf(jobId)));
    const decoded = found && decodeRecord(found.text);
    if (decoded?.kind === 'unreadable') throw new Error(`the record of job ${jobId} can't be read: ${decoded.cause}`);
    return found && decoded?.kind === 'record' ? { record: decoded.record, version: found.etag } : undefined;
  }

  async list(except: (jobId: string) => boolean): Promise<{ records: Versioned[]; unreadable: { jobId: string; cause: string }[] }> {
    const records: Versioned[] = [];
    const unreadable: { jobId: string; cause: string }[] = [];
    const listed = (await this.#objects.list(STORE_KEYS.jobs)).filter(({ name }) => !except(textOf(name)));
    this.#cache.keepOnly(new Set(listed.map(({ name }) => name)));
    await inParallel(READERS, listed, async ({ name, etag }) => {
      const found = this.#cache.get(name, etag) ?? (await this.#readListed(name));
      if (found && 'record' in found) records.push(found);
      else if (found) unreadable.push(found);
    });
    return { records, unreadable };
  }

  async replace(record: JobRecord, version: string): Promise<ReplaceOutcome> {
    const name = fileNameOf(record.jobId);
    const text = encodeRecord(record, this.#clock.now());
    const markedAs = encodeRecord(record, 0);
    const outcome = await this.#marked.swap({ key: jobKey(name), text, replaces: version, markedAs });
    if (outcome.kind === 'lost') return this.#afterLoss(name, { current: outcome.current, mark: markOf(markedAs, version) });
    if (record.phase === 'done') await this.#bury(name, { body: withMark(markOf(markedAs, version), text), etag: outcome.etag });
    return { kind: 'replaced', version: outcome.etag };
  }

  async sweep(ageMs: number): Promise<number> {
    const before = this.#clock.now() - ageMs;
    const old = (await this.#objects.list(STORE_KEYS.done)).filter(({ modifiedAt }) => modifiedAt < before);
    let swept = 0;
    await inParallel(READERS, old, async ({ name, etag }) => {
      if (await this.#objects.delete(doneKey(name), etag)) swept++;
    });
    return swept;
  }

  /** A write that came too late. It may have been ours, when it made a tombstone that has been moved since. */
  async #afterLoss(
    name: string,
    of: { readonly current: VersionedMarkedText | undefined; readonly mark: string },
  ): Promise<ReplaceOutcome> {
    if (of.current) return { kind: decodeRecord(of.current.text).kind === 'tombstone' ? 'gone' : 'conflict' };
    const done = await this.#marked.get(doneKey(name));
    return done?.mark === of.mark ? { kind: 'replaced', version: done.etag } : { kind: 'gone' };
  }

  async #readListed(name: string): Promise<Versioned | { jobId: string; cause: string } | undefined> {
    const found = await this.#objects.get(jobKey(name));
    if (!found) return undefined;
    const decoded = decodeRecord(readMarked(found.text).text);
    if (decoded.kind === 'unreadable') return { jobId: textOf(name), cause: decoded.cause };
    if (decoded.kind === 'tombstone') {
      await this.#bury(name, { body: found.text, etag: found.etag });
      return undefined;
    }
    const versioned = { record: decoded.record, version: found.etag };
    this.#cache.set(name, versioned, found.text.length);
    return versioned;
  }

  /** Nothing depends on it: the tombstone stands where it was until it has another place. */
  async #bury(name: string, of: { readonly body: string; readonly etag: string }): Promise<void> {
    try {
      await this.#objects.put(doneKey(name), of.body);
      await this.#objects.delete(jobKey(name), of.etag);
    } catch {
      // The next list tries again.
    }
  }
}

function jobKey(name: string): string {
  return STORE_KEYS.jobs + name;
}

function doneKey(name: string): string {
  return STORE_KEYS.done + name;
}
