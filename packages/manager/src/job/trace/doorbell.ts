import type { Clock } from '@fargate-gitlab-runner/kernel';

/** Lets one waiter sleep until somebody rings. A ring that nobody waits for is not lost. */
export class Doorbell {
  #isRung = false;
  #wake: () => void = () => undefined;

  ring(): void {
    this.#isRung = true;
    this.#wake();
  }

  /** Resolves after a ring, after `ms` milliseconds, or when the signal aborts, whichever is first. */
  async wait(ms: number, by: { readonly clock: Clock; readonly signal: AbortSignal }): Promise<void> {
    if (!this.#isRung && !by.signal.aborted) await this.#sleep(ms, by);
    this.#isRung = false;
  }

  async #sleep(ms: number, by: { readonly clock: Clock; readonly signal: AbortSignal }): Promise<void> {
    const awake = new AbortController();
    const wake = () => awake.abort();
    this.#wake = wake;
    by.signal.addEventListener('abort', wake, { once: true });
    await by.clock.sleep(ms, awake.signal).catch(() => undefined);
    by.signal.removeEventListener('abort', wake);
    this.#wake = () => undefined;
  }
}
