/**
 * Whether a runner may ask for work. So many refusals in a row (403) as are allowed make it rest for `restMs`; then it may ask again. A placement that
 * failed for lack of capacity closes it until one succeeds, or for a minute: another manager may take the job meanwhile.
 */
export class RunnerHealth {
  readonly #now: () => number;
  readonly #limit: number;
  readonly #refusedRestMs: number;
  #refusals = 0;
  #refusedUntil = 0;
  #capacityUntil = 0;

  /** @param now monotonic milliseconds; @param refused how many refusals in a row make the runner rest, and how long */
  constructor(now: () => number, refused: { readonly limit: number; readonly restMs: number }) {
    this.#now = now;
    this.#limit = refused.limit;
    this.#refusedRestMs = refused.restMs;
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
    if (this.#refusals < this.#limit) return false;
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
