import type { JobStatus } from './job-status.ts';

/** Something that happened, in order. `at` is wall time in milliseconds. */
export type GitLabHappening =
  | {
      readonly kind: 'job';
      readonly jobId: string;
      readonly name: string;
      readonly stage: string;
      readonly pipelineId: number;
      readonly from: JobStatus;
      readonly to: JobStatus;
      readonly failureReason?: string;
      readonly exitCode?: number;
    }
  | { readonly kind: 'trace'; readonly jobId: string; readonly from: number; readonly bytes: Buffer }
  | { readonly kind: 'pipeline'; readonly pipelineId: number; readonly status: string };

/** A happening with its place in the order, starting at 1. */
export type NumberedHappening = GitLabHappening & { readonly seq: number; readonly at: number };

/** Everything that happened, kept for whoever starts to follow late. */
export class EventLog {
  readonly #events: NumberedHappening[] = [];
  #waiting = new Set<() => void>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(happening: GitLabHappening): void {
    this.#events.push({ ...happening, seq: this.#events.length + 1, at: this.#now() });
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** What happened after number `since`, and then whatever happens, until the signal aborts. */
  async *follow(since: number, signal: AbortSignal): AsyncGenerator<NumberedHappening> {
    for (let next = since; !signal.aborted; ) {
      const event = this.#events[next];
      if (event) {
        next++;
        yield event;
      } else await this.#added(signal);
    }
  }

  #added(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      signal.addEventListener('abort', wake, { once: true });
      this.#waiting.add(wake);
    });
  }
}
