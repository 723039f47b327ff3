import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { JobRecord } from '../store/job-record.ts';
import type { JobStore, Versioned } from '../store/job-store.ts';
import type { EmitEvent } from '../telemetry/manager-event.ts';
import type { Ownership } from './ownership.ts';
import type { Roster } from './roster.ts';

/** Tombstones are kept this long, so that a late copy of a job is recognised. */
const TOMBSTONE_AGE_MS = 48 * 3600 * 1000;

/** A sweep reads every record. */
const SWEEP_MS = 900_000;

/** The jobs of a manager that has gone wait for their successor: one claim after the other would take as many round trips as jobs. */
const CLAIMS_AT_A_TIME = 16;

/**
 * What adoption works with. `runners`: the names of our runners; jobs of others are left to managers that have them. `goneAfterMs`: a job of
 * our deployment that nobody has taken up for so long has a runner that no manager has any more.
 */
export interface AdoptionTools {
  readonly clock: Clock;
  readonly store: JobStore;
  readonly emit: EmitEvent;
  readonly ownership: Ownership;
  readonly roster: Roster;
  readonly runners: ReadonlySet<string>;
  readonly deployment: string;
  readonly goneAfterMs: number;
  readonly everyMs: number;
}

/**
 * The reconcile loop: every record we own is driven, and records whose owner is free are claimed by compare-and-swap with the next
 * generation. Adopted jobs are seated beyond the limits; polling waits until they have gone.
 *
 * Why no released job is overlooked: an owner writes its last record before it releases, and heartbeats are read before records. So the
 * records of whoever was seen to have released are all in the list, and an owner without any can be forgotten.
 *
 * A job whose runner was taken out of the configuration too early is claimed in the end by whoever sees it first: its drive ends it.
 */
export class Adoption {
  readonly #tools: AdoptionTools;
  /** Jobs of runners that we do not have and that nobody drives, and since when, by our monotonic clock. */
  #unclaimed = new Map<string, number>();
  #onLooked: () => void = () => undefined;
  /** Resolves when `keepLooking` has looked once, whatever it found. */
  readonly looked = new Promise<void>((resolve) => {
    this.#onLooked = resolve;
  });

  constructor(tools: AdoptionTools) {
    this.#tools = tools;
  }

  /** Looks once. Nothing more is claimed, and no drive started, once the signal has aborted. */
  async look(signal?: AbortSignal): Promise<void> {
    const { store, emit, ownership, roster, runners } = this.#tools;
    await this.#guarded('looking for jobs', async () => {
      const seen = await ownership.heartbeats();
      // A job that is driven here is known here: with many jobs, reading them all at every look would cost more than driving them.
      const { records, unreadable } = await store.list((jobId) => roster.isDriving(jobId));
      for (const { jobId, cause } of unreadable) emit({ name: 'store.failed', operation: `reading job ${jobId}`, cause });
      const owners = new Set(records.map(({ record }) => record.owner));
      const free = ownership.freeOwners(new Set([...owners, ...seen.beats.map((beat) => beat.owner)]), seen);
      this.#noteUnclaimed(records, free);
      const ours = records.filter(({ record }) => runners.has(record.runner) || this.#isRunnerGone(record));
      const waiting = ours.filter(({ record }) => !roster.isDriving(record.jobId)).values();
      const take = async () => {
        for (const found of waiting) {
          if (signal?.aborted) return;
          await this.#guarded(`taking job ${found.record.jobId}`, () => this.#take(found, free));
        }
      };
      await Promise.all(Array.from({ length: CLAIMS_AT_A_TIME }, take));
      // A record that can't be read may be anybody's.
      if (unreadable.length > 0) return;
      for (const owner of free) if (!owners.has(owner)) await store.forget(owner);
    });
  }

  /** Looks again and again until the signal aborts. */
  async keepLooking(signal: AbortSignal): Promise<void> {
    const { clock, store, everyMs } = this.#tools;
    let sweepAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      await this.look(signal);
      this.#onLooked();
      if (!signal.aborted && clock.monotonic() >= sweepAt) {
        await store.sweep(TOMBSTONE_AGE_MS).catch(() => undefined);
        sweepAt = clock.monotonic() + SWEEP_MS;
      }
      await clock.sleep(everyMs, signal).catch(() => undefined);
    }
  }

  #noteUnclaimed(records: readonly Versioned[], free: ReadonlySet<string>): void {
    const { clock, runners, deployment } = this.#tools;
    const unclaimed = records.filter(
      ({ record }) => !runners.has(record.runner) && record.deployment === deployment && free.has(record.owner),
    );
    const now = clock.monotonic();
    this.#unclaimed = new Map(unclaimed.map(({ record: { jobId } }) => [jobId, this.#unclaimed.get(jobId) ?? now]));
  }

  /** A job of a runner that we do not have is ours only because we have claimed it for that. */
  #isRunnerGone({ jobId, owner }: JobRecord): boolean {
    const { clock, ownership, goneAfterMs } = this.#tools;
    const since = this.#unclaimed.get(jobId) ?? Number.POSITIVE_INFINITY;
    return owner === ownership.owner || clock.monotonic() - since >= goneAfterMs;
  }

  async #take(found: Versioned, free: ReadonlySet<string>): Promise<void> {
    const { store, emit, ownership, roster } = this.#tools;
    const { record } = found;
    if (record.owner === ownership.owner) {
      // A drive may have ended since the records were listed.
      const newest = await store.read(record.jobId);
      if (newest && newest.record.owner === ownership.owner && !roster.isDriving(record.jobId)) {
        roster.start(newest, roster.slots.force(record.runner));
      }
      return;
    }
    if (!free.has(record.owner)) return;
    const claimed = { ...record, owner: ownership.owner, generation: record.generation + 1 };
    const outcome = await store.replace(claimed, found.version);
    if (outcome.kind !== 'replaced') return;
    emit({ name: 'job.adopted', jobId: record.jobId, runner: record.runner, from: record.owner, generation: claimed.generation });
    roster.start({ record: claimed, version: outcome.version }, roster.slots.force(record.runner));
  }

  /** One failure is told and keeps nothing else from being looked at. */
  async #guarded(operation: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#tools.emit({ name: 'store.failed', operation, cause: String(error) });
    }
  }
}
