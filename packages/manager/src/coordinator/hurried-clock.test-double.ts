import type { Clock } from '@fargate-gitlab-runner/kernel';

const LONG_MS = 10 * 60 * 1000;

/** A clock whose short sleeps are over at once and are written down; long ones, that is deadlines, never end by themselves. */
export class HurriedClock implements Clock {
  readonly sleeps: number[] = [];
  readonly #nowMs: number;

  constructor(nowMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms < LONG_MS) {
      this.sleeps.push(ms);
      return Promise.resolve();
    }
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }
}
