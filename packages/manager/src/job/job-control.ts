import type { Ending } from '../store/job-record.ts';

/**
 * The three ways in which a job's normal course is cut short, as signals.
 *
 * - `leave`: this manager goes away; everything stops where it is and the job is left as it stands for a successor.
 * - `cancel`: GitLab says canceling; the running script is stopped, after_script still runs.
 * - `over`: the job has ended from outside (GitLab dropped it, the task stopped, the deadline passed); nothing more runs.
 *
 * The first cause wins: `endBecause` keeps the ending it was first given.
 */
export class JobControl {
  readonly leave: AbortSignal;
  readonly #cancel = new AbortController();
  readonly #over = new AbortController();
  #ending: Ending | undefined;
  #abandoned: Error | undefined;

  constructor(leave: AbortSignal) {
    this.leave = leave;
  }

  get cancel(): AbortSignal {
    return this.#cancel.signal;
  }

  /** Aborts when the job is over or this manager leaves. */
  get work(): AbortSignal {
    return AbortSignal.any([this.leave, this.#over.signal]);
  }

  /** The ending that came from outside, when one did. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Why this manager must not touch the job any more, when that is so. */
  get abandoned(): Error | undefined {
    return this.#abandoned;
  }

  /** Another manager owns the job: everything stops with this reason, and there is no ending of ours. */
  abandon(reason: Error): void {
    this.#abandoned ??= reason;
    this.#over.abort(reason);
  }

  requestCancel(): void {
    this.#cancel.abort();
  }

  endBecause(ending: Ending): void {
    if (this.#ending) return;
    this.#ending = ending;
    this.#over.abort(new Error(`the job is over: ${ending.kind}`));
  }
}
