import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { Shim, ShimAnswer, WorkerState } from '../../transport/shim/shim.ts';
import type { Session } from '../../transport/transport.ts';
import { Fenced } from '../recorded-job.ts';

/** The worker answered, but could not do what it was asked: its disk is full, its shell is gone. */
export class WorkerBroken extends Error {}
/** The worker was out of reach for longer than we wait. */
export class WorkerLost extends Error {}

/** One open line to the worker: the connection, the shim on it, and what the shim said first. */
export interface OpenLine {
  readonly session: Session;
  readonly shim: Shim;
  readonly state: WorkerState;
}

/** Opens a line to the worker; throws `WorkerLost` or `Fenced` when there is none to be had. */
export type OpenWorker = (signal: AbortSignal) => Promise<OpenLine>;

/**
 * The job's line to its worker, whatever happens to connections. A verb that meets a lost connection is asked again on a new one;
 * the shim's verbs are made so that asking twice does no harm.
 *
 * Gotcha: a `stale` answer means that another manager owns the job. It is thrown as `Fenced`, never retried.
 */
export class WorkerLink implements AsyncDisposable {
  readonly #jobId: string;
  readonly #clock: Clock;
  readonly #open: OpenWorker;
  #line: OpenLine;
  #reopening: Promise<OpenLine> | undefined;

  constructor(first: OpenLine, tools: { readonly jobId: string; readonly clock: Clock; readonly open: OpenWorker }) {
    this.#line = first;
    this.#jobId = tools.jobId;
    this.#clock = tools.clock;
    this.#open = tools.open;
  }

  get state(): WorkerState {
    return this.#line.state;
  }

  /** Asks the shim, over as many connections as it takes. */
  async ask<T>(verb: (shim: Shim) => Promise<ShimAnswer<T>>, signal: AbortSignal): Promise<T> {
    for (;;) {
      const answer = await this.once(verb, signal);
      if (answer !== 'lost') return answer;
    }
  }

  /**
   * Asks the shim once, for what can't just be asked again, such as a stream that was half read. `lost`: the connection broke meanwhile,
   * and there is a new one.
   */
  async once<T>(verb: (shim: Shim) => Promise<ShimAnswer<T>>, signal: AbortSignal): Promise<T | 'lost'> {
    signal.throwIfAborted();
    const line = this.#line;
    const answer = await verb(line.shim);
    switch (answer.kind) {
      case 'ok':
        return answer;
      case 'stale':
        throw new Fenced(this.#jobId, `the worker is at generation ${answer.generation}`);
      case 'broken':
        throw new WorkerBroken(answer.cause);
      case 'lost':
        await this.#reopen(line, signal);
        return 'lost';
    }
  }

  /**
   * Tells the worker every `everyMs` that it still has a manager, until the signal aborts. `onBroken`: it could not be told this time, because it
   * was short of something; a worker that is told nothing for long ends itself, so it is told again the next time.
   */
  async keepRenewed(of: { readonly everyMs: number; onBroken(error: WorkerBroken): void }, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(of.everyMs, signal);
      try {
        await this.ask((shim) => shim.renew(signal), signal);
      } catch (error) {
        if (!(error instanceof WorkerBroken)) throw error;
        of.onBroken(error);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#line.session[Symbol.asyncDispose]();
  }

  async #reopen(lost: OpenLine, signal: AbortSignal): Promise<void> {
    if (this.#line !== lost) return;
    this.#reopening ??= this.#replace(lost, signal);
    await this.#reopening;
  }

  async #replace(lost: OpenLine, signal: AbortSignal): Promise<OpenLine> {
    try {
      await lost.session[Symbol.asyncDispose]();
      this.#line = await this.#open(signal);
      return this.#line;
    } finally {
      this.#reopening = undefined;
    }
  }
}
