import type { Clock } from '@fargate-gitlab-runner/kernel';

const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 60_000;
/** A worker that has an address is not given up because others before it have taken long: its image may still be on its way. */
const CONNECTING_MS = 120_000;

/**
 * The time that a job may take to get its workers, over all of them and all tries: it passes while there is none. Also the pause before a try
 * that is only worth something later: 10 seconds at first, twice as long each time, up to a minute.
 */
export class PlacingTime {
  readonly #clock: Clock;
  readonly #limitMs: number;
  #leftMs: number;
  #since: number | undefined;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(limitMs: number, clock: Clock) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#leftMs = limitMs;
  }

  /** Whether there is time for another try. */
  get isOver(): boolean {
    return this.#left() <= 0;
  }

  /** How long a worker that has an address may take to answer, in milliseconds. */
  get connectingMs(): number {
    return Math.max(this.#left(), Math.min(CONNECTING_MS, this.#limitMs));
  }

  /** The time passes until what is returned is disposed. */
  run(): Disposable {
    this.#since ??= this.#clock.monotonic();
    return {
      [Symbol.dispose]: () => {
        this.#leftMs = this.#left();
        this.#since = undefined;
      },
    };
  }

  /** Waits before a try that would come to nothing now. Rejects with the signal's reason. */
  async pause(signal: AbortSignal): Promise<void> {
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    await this.#clock.sleep(pauseMs, signal);
  }

  #left(): number {
    return this.#since === undefined ? this.#leftMs : this.#leftMs - (this.#clock.monotonic() - this.#since);
  }
}
