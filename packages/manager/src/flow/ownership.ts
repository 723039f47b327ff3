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

/** All heartbeats as they were read: at some moment between `askedAt` and `answeredAt`, by our monotonic clock. */
export interface HeartbeatsSeen {
  readonly beats: Awaited<ReturnType<JobStore['owners']>>;
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** Between two tries to write the last heartbeat. */
const RELEASE_AGAIN_MS = 500;

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

  /** Writes the first heartbeat, without which nobody knows that we are here. Throws what the store throws. */
  async begin(): Promise<void> {
    const at = this.#tools.clock.monotonic();
    await this.#tools.store.beat(this.#settings.owner, { released: false });
    this.#lastBeat = at;
  }

  /** Writes the heartbeat once. A store that fails is reported, not thrown: the next beat may work. */
  async beat(): Promise<void> {
    await this.begin().catch((error: unknown) => this.#failed('heartbeat', error));
  }

  /**
   * Writes the last heartbeat, which gives our jobs free, and tries again until it is there or the signal aborts; at least once. Resolves
   * with whether it is there.
   */
  async release(signal: AbortSignal): Promise<boolean> {
    const { clock, store } = this.#tools;
    do {
      try {
        await store.beat(this.#settings.owner, { released: true });
        return true;
      } catch (error) {
        this.#failed('releasing the jobs', error);
      }
      await clock.sleep(RELEASE_AGAIN_MS, signal).catch(() => undefined);
    } while (!signal.aborted);
    return false;
  }

  /** Beats until the signal aborts. */
  async keepBeating(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#tools.clock.sleep(this.#settings.heartbeatMs, signal).catch(() => undefined);
      if (!signal.aborted) await this.beat();
    }
  }

  /** Reads all heartbeats. */
  async heartbeats(): Promise<HeartbeatsSeen> {
    const { clock, store } = this.#tools;
    const askedAt = clock.monotonic();
    const beats = await store.owners();
    return { beats, askedAt, answeredAt: clock.monotonic() };
  }

  /**
   * The owners, of those named, whose jobs are free to be claimed by what was seen. Call it regularly: staleness is what was seen between
   * calls.
   */
  freeOwners(named: ReadonlySet<string>, seen: HeartbeatsSeen): ReadonlySet<string> {
    const beats = new Map(seen.beats.map((beat) => [beat.owner, beat]));
    const free = new Set<string>();
    for (const owner of named) {
      if (owner === this.#settings.owner) continue;
      const beat = beats.get(owner);
      if (beat?.released || this.#hasStoodStill(owner, beat?.etag ?? 'missing', seen)) free.add(owner);
    }
    return free;
  }

  /**
   * The first sighting counts from its answer and the last one to its question, so that neither a slow store nor a pause of ours within a
   * read makes a heartbeat older than it is.
   */
  #hasStoodStill(owner: string, etag: string, { askedAt, answeredAt }: HeartbeatsSeen): boolean {
    const before = this.#seen.get(owner);
    if (before?.etag !== etag) {
      this.#seen.set(owner, { etag, since: answeredAt });
      return false;
    }
    return askedAt - before.since >= this.#settings.staleMs;
  }

  #failed(operation: string, error: unknown): void {
    this.#tools.emit({ name: 'store.failed', operation, cause: String(error) });
  }
}
