import type { RunnerConfig } from '@fargate-gitlab-runner/config';
import type { Slot } from '@fargate-gitlab-runner/kernel';
import type { RequestVerdict } from '../coordinator/coordinator.ts';
import { type AdmissionTools, admitJob, failUnrecorded } from './admission.ts';
import { RunnerHealth } from './runner-health.ts';

const CAPACITY_REST_MS = 60_000;
const STALE_PAUSE_MS = 1000;
/** A question that is answered sooner was not held. */
const HELD_MS = 50;

/** What polling works with. Times are milliseconds. */
export interface PollingTools extends AdmissionTools {
  readonly runners: readonly RunnerConfig[];
  readonly concurrency: number;
  readonly checkIntervalMs: number;
  readonly unhealthyIntervalMs: number;
}

/**
 * Asks GitLab for work, one loop a runner. A slot is held from before the question. While fewer slots are free than there are runners, the
 * questions are short, so that no runner waits behind another's long poll.
 */
export class Polling {
  readonly #tools: PollingTools;
  readonly #health = new Map<string, RunnerHealth>();
  readonly #hurriedAt = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #cut = new AbortController();
  #loops: Promise<unknown> = Promise.resolve();

  constructor(tools: PollingTools) {
    this.#tools = tools;
    for (const runner of tools.runners)
      this.#health.set(runner.name, new RunnerHealth(() => tools.clock.monotonic(), tools.unhealthyIntervalMs));
  }

  start(): void {
    this.#loops = Promise.all(this.#tools.runners.map((runner) => this.#loop(runner)));
  }

  /** A placement of this runner failed for lack of capacity, or succeeded. */
  capacity(runner: string, isThere: boolean): void {
    const health = this.#health.get(runner);
    if (isThere) health?.placed();
    else health?.lackedCapacity(CAPACITY_REST_MS);
  }

  /** Asks for nothing more. Questions in flight may be answered for `withinMs`; a job that comes is recorded. */
  async stop(withinMs: number): Promise<void> {
    this.#stop.abort();
    const cut = new AbortController();
    const late = this.#tools.clock.sleep(withinMs, cut.signal).then(
      () => this.#cut.abort(),
      () => undefined,
    );
    await this.#loops;
    cut.abort();
    await late;
  }

  async #loop(runner: RunnerConfig): Promise<void> {
    const { slots } = this.#tools.roster;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#untilAllowed(runner);
        const slot = slots.tryTake(runner.name);
        if (!slot) await slots.released(this.#stop.signal);
        else if (await this.#ask(runner, slot)) continue;
        else await this.#tools.clock.sleep(this.#tools.checkIntervalMs, this.#stop.signal);
      } catch (error) {
        if (!this.#stop.signal.aborted) await this.#stumble(runner, error);
      }
    }
  }

  /** Something nobody expected. It is told, and the loop goes on after a pause: one runner's trouble is not the others'. */
  async #stumble(runner: RunnerConfig, error: unknown): Promise<void> {
    this.#tools.emit({
      name: 'poll.failed',
      runner: runner.name,
      cause: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    await this.#tools.clock.sleep(this.#tools.checkIntervalMs, this.#stop.signal).catch(() => undefined);
  }

  async #untilAllowed(runner: RunnerConfig): Promise<void> {
    const { clock, ownership } = this.#tools;
    for (;;) {
      this.#stop.signal.throwIfAborted();
      const restMs = this.#health.get(runner.name)?.restMs ?? 0;
      if (restMs === 0 && ownership.isFresh) return;
      await clock.sleep(restMs === 0 ? STALE_PAUSE_MS : Math.min(restMs, STALE_PAUSE_MS), this.#stop.signal);
    }
  }

  /** One question. Returns whether to ask again at once. */
  async #ask(runner: RunnerConfig, slot: Slot): Promise<boolean> {
    const { coordinator, roster, runners, concurrency, emit } = this.#tools;
    const isLongPoll = concurrency - roster.size >= runners.length;
    const askedAt = this.#tools.clock.monotonic();
    try {
      const verdict = await coordinator.request(runner, { isLongPoll }, this.#cut.signal);
      emit({ name: 'poll.answered', runner: runner.name, verdict: verdict.kind, ...('cause' in verdict && { cause: verdict.cause }) });
      const isHeld = this.#tools.clock.monotonic() - askedAt >= HELD_MS;
      return (await this.#obey(verdict, runner, slot)) && (verdict.kind === 'job' || isHeld || this.#mayHurry(runner));
    } catch (error) {
      slot.release();
      throw error;
    }
  }

  /** Once in each check interval a question that was answered at once may be repeated at once. */
  #mayHurry(runner: RunnerConfig): boolean {
    const now = this.#tools.clock.monotonic();
    if (now - (this.#hurriedAt.get(runner.name) ?? Number.NEGATIVE_INFINITY) < this.#tools.checkIntervalMs) return false;
    this.#hurriedAt.set(runner.name, now);
    return true;
  }

  async #obey(verdict: RequestVerdict, runner: RunnerConfig, slot: Slot): Promise<boolean> {
    const health = this.#health.get(runner.name);
    if (verdict.kind !== 'refused') health?.answered();
    switch (verdict.kind) {
      case 'job':
        if (await admitJob(this.#tools, { runner, job: verdict.job, slot })) return true;
        health?.lackedCapacity(CAPACITY_REST_MS);
        return false;
      case 'refused':
        slot.release();
        if (health?.refused()) this.#tools.emit({ name: 'runner.unhealthy', runner: runner.name, cause: verdict.cause });
        return false;
      case 'broken':
        slot.release();
        this.#tools.emit({ name: 'job.unreadable', runner: runner.name, problems: verdict.problems });
        if (verdict.salvage) await failUnrecorded(this.#tools, verdict.salvage);
        return false;
      case 'none':
        slot.release();
        return verdict.isTick ?? false;
      case 'unavailable':
        slot.release();
        return false;
    }
  }
}
