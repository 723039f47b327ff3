import type { TaskStop } from '../../fleet/fleet.ts';
import type { Ending } from '../../store/job-record.ts';
import type { WorkerStopped } from '../worker/worker-stopped.ts';

/**
 * The ways in which a job's normal course is cut short, as signals.
 *
 * - `leave`: this manager goes away; everything stops where it is and the job is left as it stands for a successor.
 * - `cancel`: GitLab says canceling; the running script is stopped, after_script still runs.
 * - `over`: the job has ended from outside (GitLab dropped it, the task stopped, the deadline passed); nothing more runs.
 * - a worker that is lost before anything of the user's ran in it: what runs there stops, and the job begins anew in another one.
 *
 * The first cause wins: `endBecause` keeps the ending it was first given.
 */
export class JobControl {
  readonly leave: AbortSignal;
  readonly #cancel = new AbortController();
  readonly #over = new AbortController();
  #worker = new AbortController();
  #lost: WorkerStopped | undefined;
  #ending: Ending | undefined;
  #how: { readonly stop?: TaskStop; readonly remark?: string } = {};
  #abandoned: Error | undefined;

  constructor(leave: AbortSignal) {
    this.leave = leave;
  }

  get cancel(): AbortSignal {
    return this.#cancel.signal;
  }

  /** Aborts when the job is over, its present worker is lost, or this manager leaves. */
  get work(): AbortSignal {
    return AbortSignal.any([this.leave, this.#over.signal, this.#worker.signal]);
  }

  /** How the present worker was lost, when that is no ending of the job. */
  get lostWorker(): WorkerStopped | undefined {
    return this.#lost;
  }

  /** The ending that came from outside, when one did. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** How the worker's task stopped, when that is the ending. */
  get stop(): TaskStop | undefined {
    return this.#how.stop;
  }

  /** What the log says before its last line, when the ending that came from outside wants that. */
  get remark(): string | undefined {
    return this.#how.remark;
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

  /** The worker is lost, and the job may begin anew in another one: all work on this one stops. */
  loseWorker(how: WorkerStopped): void {
    this.#lost ??= how;
    this.#worker.abort(how);
  }

  /** There is work again, for another worker. */
  beginAnew(): void {
    this.#lost = undefined;
    this.#worker = new AbortController();
  }

  requestCancel(): void {
    this.#cancel.abort();
  }

  /** `stop`: how the worker's task stopped, when that is why. `remark`: what the log says before its last line. */
  endBecause(ending: Ending, how: { readonly stop?: TaskStop; readonly remark?: string } = {}): void {
    if (this.#ending) return;
    this.#ending = ending;
    this.#how = how;
    this.#over.abort(new Error(`the job is over: ${ending.kind}`));
  }
}
