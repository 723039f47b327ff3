import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { TraceUrgency } from './job-trace.ts';

/** GitLab may not slow patches down further than this. Source: GitLab runner, trace update interval. */
const SLOWEST_MS = 900_000;
/** So much is worth a PATCH of its own, whatever the pace: waiting would only stop the reading of the journal. */
const EAGER_BYTES = 256 * 1024;

/** What waits to be sent. `since`: monotonic time since when. */
export interface WaitingBytes {
  readonly since: number;
  readonly bytes: number;
  readonly urgency: TraceUrgency;
}

/**
 * When the next PATCH is due: at once when the last one is longer ago than the pace, else when the pace has passed. Milliseconds.
 *
 * Gotchas: a burst is gathered for a moment first. The first script output of the job doesn't wait for the pace; nor does the first of a
 * stage, unless GitLab asked for a slower pace than ours. After a failure everything waits.
 */
export class PatchPace {
  readonly #clock: Clock;
  readonly #initialMs: number;
  readonly #gatherMs: number;
  #intervalMs: number;
  #patchedAt = Number.NEGATIVE_INFINITY;
  #isFailing = false;

  constructor(of: { readonly clock: Clock; readonly initialMs: number; readonly gatherMs: number }) {
    this.#clock = of.clock;
    this.#initialMs = of.initialMs;
    this.#gatherMs = of.gatherMs;
    this.#intervalMs = of.initialMs;
  }

  get intervalMs(): number {
    return this.#intervalMs;
  }

  /** The last PATCH was not taken. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** Takes over the pace that an answer named, if it named one. */
  obey(paceMs: number | undefined): void {
    if (paceMs !== undefined && paceMs > 0) this.#intervalMs = Math.min(paceMs, SLOWEST_MS);
  }

  /** Back to our own pace. */
  reset(): void {
    this.#intervalMs = this.#initialMs;
  }

  /** A PATCH was answered just now. */
  patched(outcome: 'moved' | 'failed'): void {
    this.#patchedAt = this.#clock.monotonic();
    this.#isFailing = outcome === 'failed';
  }

  /** Monotonic time at which `waiting` is to be sent. */
  dueAt(waiting: WaitingBytes): number {
    const byPace = this.#patchedAt + this.#intervalMs;
    if (this.#isFailing) return byPace;
    if (waiting.bytes >= EAGER_BYTES) return waiting.since;
    const gathered = waiting.since + this.#gatherMs;
    return this.#isUrgent(waiting.urgency) ? gathered : Math.max(gathered, byPace);
  }

  #isUrgent(urgency: TraceUrgency): boolean {
    return urgency === 'job' || (urgency === 'stage' && this.#intervalMs <= this.#initialMs);
  }
}
