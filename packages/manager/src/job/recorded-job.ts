import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { JobRecord } from '../store/job-record.ts';
import type { JobStore, Versioned } from '../store/job-store.ts';

/** Thrown when another manager owns the job now. Whoever meets it stops at once and touches nothing more. */
export class Fenced extends Error {
  constructor(jobId: string, how: string) {
    super(`job ${jobId} has another owner (${how})`);
    this.name = 'Fenced';
  }
}

/** What may change in a record after it was created. */
export type RecordChange = Partial<Omit<JobRecord, 'schema' | 'jobId' | 'runner' | 'deployment' | 'payload' | 'acceptedAt' | 'worker'>> & {
  /** `undefined`: the job has no worker any more. */
  readonly worker?: JobRecord['worker'] | undefined;
};

/**
 * The one door through which a job's record changes. Changes are compare-and-swaps, one after the other; a lost swap means that the
 * job changed hands (`Fenced`). A store that fails for a while is waited for: no act happens without its intent.
 */
export class RecordedJob {
  readonly #store: JobStore;
  readonly #clock: Clock;
  #current: Versioned;
  #writing: Promise<void> = Promise.resolve();

  constructor(current: Versioned, tools: { readonly store: JobStore; readonly clock: Clock }) {
    this.#current = current;
    this.#store = tools.store;
    this.#clock = tools.clock;
  }

  get record(): JobRecord {
    return this.#current.record;
  }

  /** Applies `change` to the newest record and writes it. Resolves when it is stored; rejects with `Fenced` or the signal's reason. */
  change(change: (record: JobRecord) => RecordChange, signal: AbortSignal): Promise<JobRecord> {
    const written = this.#writing.then(() => this.#write(change, signal));
    this.#writing = written.then(
      () => undefined,
      () => undefined,
    );
    return written;
  }

  async #write(change: (record: JobRecord) => RecordChange, signal: AbortSignal): Promise<JobRecord> {
    for (let delayMs = 250; ; delayMs = Math.min(delayMs * 2, 10_000)) {
      signal.throwIfAborted();
      const record = changed(this.#current.record, change(this.#current.record));
      const outcome = await this.#tryReplace(record);
      if (outcome.kind === 'replaced') {
        this.#current = { record, version: outcome.version };
        return record;
      }
      const winner = outcome.kind === 'conflict' ? await this.#whoWon() : outcome.kind;
      if (winner === 'gone' || winner === 'another') throw new Fenced(record.jobId, outcome.kind);
      if (winner === 'unavailable') await this.#clock.sleep(delayMs, signal);
    }
  }

  /**
   * Whose record lost us a swap. It may be of our own making: a change that was given up while the store was away may have been stored all the
   * same. Nobody else writes with our owner id and generation. What is stored is gone on from.
   */
  async #whoWon(): Promise<'we' | 'another' | 'unavailable'> {
    const { jobId, owner, generation } = this.#current.record;
    try {
      const newest = await this.#store.read(jobId);
      if (newest?.record.owner !== owner || newest.record.generation !== generation) return 'another';
      this.#current = newest;
      return 'we';
    } catch {
      return 'unavailable';
    }
  }

  async #tryReplace(record: JobRecord) {
    try {
      return await this.#store.replace(record, this.#current.version);
    } catch (cause) {
      return { kind: 'unavailable' as const, cause };
    }
  }
}

function changed(record: JobRecord, change: RecordChange): JobRecord {
  const { worker: before, ...rest } = record;
  const { worker, ...others } = change;
  const kept = 'worker' in change ? worker : before;
  return { ...rest, ...others, ...(kept && { worker: kept }) };
}
