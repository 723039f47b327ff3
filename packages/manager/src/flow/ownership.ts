import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { JobStore } from '../store/job-store.ts';
import type { EmitEvent } from '../telemetry/manager-event.ts';

/** Times in milliseconds. */
export interface OwnershipSettings {
  readonly owner: string;
  readonly heartbeatMs: number;
  /** An owner whose heartbeat has not changed for this long, on our own monotonic clock, is stale. */
  readonly staleMs: number;
}

/**
 * Who owns what. This process beats one heartbeat; it watches those of the others and calls an owner free when it has released its jobs,
 * when its heartbeat is missing, or when it has stood still for too long on *our* clock: clocks of two machines are never compared.
 */
export class Ownership {
  readonly #settings: OwnershipSettings;
  readonly #tools: { readonly clock: Clock; readonly store: JobStore; readonly emit: EmitEvent };
  readonly #seen = new Map<string, { readonly etag: string; readonly since: number }>();
  #lastBeat = Number.NEGATIVE_INFINITY;

  constructor(settings: OwnershipSettings, tools: { readonly clock: Clock; readonly store: JobStore; readonly emit: EmitEvent }) {
    this.#settings = settings;
    this.#tools = tools;
  }

  get owner(): string {
    return this.#settings.owner;
  }

  /** Whether our own heartbeat was written lately enough that nobody can think us stale. Without it no new work is asked for. */
  get isFresh(): boolean {
    return this.#tools.clock.monotonic() - this.#lastBeat < this.#settings.staleMs / 2;
  }

  /** Writes the heartbeat once. A store that fails is reported, not thrown: the next beat may work. */
  async beat(released = false): Promise<void> {
    const at = this.#tools.clock.monotonic();
    try {
      await this.#tools.store.beat(this.#settings.owner, { released });
      this.#lastBeat = at;
    } catch (error) {
      this.#tools.emit({ name: 'store.failed', operation: 'heartbeat', cause: String(error) });
    }
  }

  /** Beats until the signal aborts. */
  async keepBeating(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#tools.clock.sleep(this.#settings.heartbeatMs, signal).catch(() => undefined);
      if (!signal.aborted) await this.beat();
    }
  }

  /**
   * The owners, of those named, whose jobs are free to be claimed now. Call it regularly: staleness is what was seen between calls.
   * `beating`: the heartbeats, when the caller has just read them; a list in S3 is what a waiting manager pays for.
   */
  async freeOwners(named: ReadonlySet<string>, beating?: Awaited<ReturnType<JobStore['owners']>>): Promise<ReadonlySet<string>> {
    const beats = new Map((beating ?? (await this.#tools.store.owners())).map((owner) => [owner.owner, owner]));
    const now = this.#tools.clock.monotonic();
    const free = new Set<string>();
    for (const owner of named) {
      if (owner === this.#settings.owner) continue;
      const beat = beats.get(owner);
      if (beat?.released) free.add(owner);
      else if (this.#hasStoodStill(owner, { etag: beat?.etag ?? 'missing', now })) free.add(owner);
    }
    return free;
  }

  #hasStoodStill(owner: string, seen: { readonly etag: string; readonly now: number }): boolean {
    const before = this.#seen.get(owner);
    if (before?.etag !== seen.etag) {
      this.#seen.set(owner, { etag: seen.etag, since: seen.now });
      return false;
    }
    return seen.now - before.since >= this.#settings.staleMs;
  }
}
