const GROWTH = 1.1;
const DECAY = 0.95;
const SETBACK = 0.5;

/**
 * How many questions a runner may have open at a time: one while nothing comes, more while jobs do, never more than was configured.
 * Source: GitLab runner, adaptive request concurrency.
 */
export class QuestionLimit {
  readonly #most: number;
  #measure = 1;
  #waiters: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get now(): number {
    return Math.min(Math.max(Math.ceil(this.#measure), 1), this.#most);
  }

  /** What came of a question. `unavailable`: GitLab could not be asked, or asked for less. */
  note(answer: 'job' | 'none' | 'unavailable'): void {
    const factor = answer === 'job' ? GROWTH : answer === 'none' ? DECAY : SETBACK;
    const before = this.now;
    this.#measure = Math.min(Math.max(this.#measure * factor, 1), this.#most);
    if (this.now <= before) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  /** Resolves when the asker with this number, counted from 0, may ask; rejects with the signal's reason. */
  async turnOf(asker: number, signal: AbortSignal): Promise<void> {
    while (asker >= this.now) {
      await new Promise<void>((resolve, reject) => {
        const onAbort = () => reject(signal.reason);
        signal.addEventListener('abort', onAbort, { once: true });
        this.#waiters.push(() => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        });
      });
    }
  }
}
