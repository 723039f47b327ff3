/** A unit of concurrency held by one job. Giving it back twice is the same as once. */
export interface Slot {
  release(): void;
}

/**
 * Counts how many jobs may run at a time: in all, and under each name. A slot is held from before the poll until the worker
 * is reclaimed. Adopted jobs are seated even beyond the limits (`force`); nobody else gets a slot until the surplus is gone.
 */
export class Slots {
  readonly #limit: number;
  readonly #limits: ReadonlyMap<string, number>;
  readonly #held = new Map<string, number>();
  #total = 0;
  #waiters: (() => void)[] = [];

  /** @param limit slots in all; @param limits slots for each name, at least 1 (a name without an entry has only the common limit) */
  constructor(limit: number, limits: ReadonlyMap<string, number>) {
    this.#limit = limit;
    this.#limits = limits;
  }

  /** Slots held at this moment, under `name` or in all. */
  held(name?: string): number {
    return name === undefined ? this.#total : (this.#held.get(name) ?? 0);
  }

  /** Slots that are free for `name` now; below zero never. */
  free(name: string): number {
    const own = (this.#limits.get(name) ?? this.#limit) - this.held(name);
    return Math.max(0, Math.min(this.#limit - this.#total, own));
  }

  /** A slot for `name`, or undefined when there is none. */
  tryTake(name: string): Slot | undefined {
    return this.free(name) > 0 ? this.#seat(name) : undefined;
  }

  /** A slot whatever the limits say: for jobs that are running already. */
  force(name: string): Slot {
    return this.#seat(name);
  }

  /** Resolves at the next release; rejects when the signal aborts. */
  released(signal: AbortSignal): Promise<void> {
    return this.#until(() => true, signal);
  }

  /** Resolves when no slot is held; rejects when the signal aborts. */
  async idle(signal: AbortSignal): Promise<void> {
    if (this.#total > 0) await this.#until(() => this.#total === 0, signal);
  }

  #until(isReached: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        this.#waiters = this.#waiters.filter((w) => w !== check);
        reject(signal.reason);
      };
      const check = () => {
        if (!isReached()) {
          this.#waiters.push(check);
          return;
        }
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.push(check);
    });
  }

  #seat(name: string): Slot {
    this.#total++;
    this.#held.set(name, this.held(name) + 1);
    let isHeld = true;
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      this.#total--;
      this.#held.set(name, this.held(name) - 1);
      const waiters = this.#waiters;
      this.#waiters = [];
      for (const wake of waiters) wake();
    };
    return { release };
  }
}
