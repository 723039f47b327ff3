/** Source: GitLab runner, `unhealthy_requests_limit`. */
const REFUSALS_LIMIT = 3;

/**
 * Whether a runner may ask for work. Three refusals in a row (403) make it rest for `restMs`; then it may ask again. A placement that
 * failed for lack of capacity closes it until one succeeds, or for a minute: another manager may take the job meanwhile.
 */
export class RunnerHealth {
  readonly #now: () => number;
  readonly #refusedRestMs: number;
  #refusals = 0;
  #refusedUntil = 0;
  #capacityUntil = 0;

  /** @param now monotonic milliseconds; @param refusedRestMs how long three refusals make the runner rest */
  constructor(now: () => number, refusedRestMs: number) {
    this.#now = now;
    this.#refusedRestMs = refusedRestMs;
  }

  /** Milliseconds until this runner may ask; 0 = now. */
  get restMs(): number {
    return Math.max(0, Math.max(this.#refusedUntil, this.#capacityUntil) - this.#now());
  }

  /** GitLab answered: the token is good. */
  answered(): void {
    this.#refusals = 0;
  }

  /** GitLab refused the token. Returns true when the runner has become unhealthy by it. */
  refused(): boolean {
    this.#refusals++;
    if (this.#refusals < REFUSALS_LIMIT) return false;
    this.#refusals = 0;
    this.#refusedUntil = this.#now() + this.#refusedRestMs;
    return true;
  }

  /** There was no capacity for a worker. */
  lackedCapacity(forMs: number): void {
    this.#capacityUntil = this.#now() + forMs;
  }

  /** A worker was placed: capacity is back. */
  placed(): void {
    this.#capacityUntil = 0;
  }
}
