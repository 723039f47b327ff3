import type { Clock } from './clock.ts';

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it. Sleepers wake in the order of their due time. */
export class ManualClock implements Clock {
  #now: number;
  #jumped = 0;
  #sleepers: Sleeper[] = [];

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now + this.#jumped;
  }

  monotonic(): number {
    return this.#now;
  }

  /** Sets the wall clock forward or back, as an administrator or a time server does. No sleeper notices. */
  jump(ms: number): void {
    this.#jumped += ms;
  }

  /** How many callers are asleep at this moment. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => this.#drop(sleeper, () => reject(signal?.reason));
      const wake = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const sleeper: Sleeper = { due: this.#now + Math.max(0, ms), wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Moves time forward, waking every sleeper on the way and letting what it does settle before going on. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms;
    await settle();
    for (let next = this.#earliest(target); next; next = this.#earliest(target)) {
      this.#now = Math.max(this.#now, next.due);
      const sleeper = next;
      this.#drop(sleeper, sleeper.wake);
      await settle();
    }
    this.#now = target;
  }

  #earliest(target: number): Sleeper | undefined {
    return this.#sleepers.filter((s) => s.due <= target).sort((a, b) => a.due - b.due)[0];
  }

  #drop(sleeper: Sleeper, then: () => void): void {
    const at = this.#sleepers.indexOf(sleeper);
    if (at < 0) return;
    this.#sleepers.splice(at, 1);
    then();
  }
}

/** Lets promises that are already resolved run their continuations. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
