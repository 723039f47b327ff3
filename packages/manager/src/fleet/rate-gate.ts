import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import { FairQueue } from './fair-queue.ts';

/** How many calls an API takes: `perSecond` for ever, and `burst` at once after a rest. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * A token bucket that callers wait at, lane by lane in turn, so that a runner with many jobs doesn't keep another one waiting. When the other side says that we are too fast all the same (it counts other callers too),
 * everybody pauses, twice as long each time, and goes on without a burst.
 */
export class RateGate {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #intervalMs: number;
  readonly #burstMs: number;
  /** When the bucket will be full again, on the monotonic clock. */
  #fullAt = 0;
  readonly #waiting = new FairQueue<() => void>();
  #nap = new AbortController();
  #isAdmitting = false;
  #pausedUntil = 0;
  #pauseMs = 0;

  constructor(rate: Rate, tools: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = tools.clock;
    this.#random = tools.random;
    this.#intervalMs = 1000 / rate.perSecond;
    this.#burstMs = (rate.burst - 1) * this.#intervalMs;
    this.#fullAt = tools.clock.monotonic();
  }

  /** Resolves when the call may be made; rejects with the signal's reason. Callers of one lane go in the order they came. */
  enter(signal: AbortSignal, lane = ''): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        this.#waiting.remove(lane, admit);
        if (this.#waiting.size === 0) this.#nap.abort();
        reject(signal.reason);
      };
      const admit = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(lane, admit);
      if (!this.#isAdmitting) void this.#admit();
    });
  }

  /** Lets callers in for as long as there are any. */
  async #admit(): Promise<void> {
    this.#isAdmitting = true;
    while (this.#waiting.size > 0) {
      const waitMs = this.#waitMs();
      if (waitMs > 0) {
        this.#nap = new AbortController();
        await this.#clock.sleep(waitMs, this.#nap.signal).catch(() => undefined);
        continue;
      }
      this.#fullAt = Math.max(this.#fullAt, this.#clock.monotonic()) + this.#intervalMs;
      this.#waiting.next()?.();
    }
    this.#isAdmitting = false;
  }

  /** The other side found a call too fast. Calls that were under way together count once. */
  backOff(): void {
    const now = this.#clock.monotonic();
    if (now < this.#pausedUntil) return;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2));
    this.#pausedUntil = now + this.#pauseMs * (0.5 + this.#random.fraction() / 2);
    this.#fullAt = this.#pausedUntil + this.#burstMs;
  }

  /** A call was not too fast: the next pause is a short one again. */
  settle(): void {
    if (this.#clock.monotonic() >= this.#pausedUntil) this.#pauseMs = 0;
  }

  #waitMs(): number {
    return this.#fullAt - this.#burstMs - this.#clock.monotonic();
  }
}
