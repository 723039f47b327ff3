import type { Clock } from '@fargate-gitlab-runner/kernel';

const MINUTE_MS = 60_000;

/** Counts calls per key and minute. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #calls = new Map<string, { since: number; count: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether one more call stays within `perMinute` (0 = no limit). */
  admits(key: string, perMinute: number): boolean {
    if (perMinute === 0) return true;
    const now = this.#clock.monotonic();
    const window = this.#calls.get(key);
    if (!window || now - window.since >= MINUTE_MS) {
      this.#calls.set(key, { since: now, count: 1 });
      return true;
    }
    window.count++;
    return window.count <= perMinute;
  }
}
