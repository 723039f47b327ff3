import type { RunnerConfig } from '@fargate-gitlab-runner/config';
import type { Slot } from '@fargate-gitlab-runner/kernel';
import type { RequestVerdict, RunnerCredentials } from '../coordinator/coordinator.ts';
import { type AdmissionTools, admitJob, failUnrecorded } from './admission.ts';
import { QuestionLimit } from './question-limit.ts';
import { RunnerHealth } from './runner-health.ts';
import type { RunnerKeys } from './runner-keys.ts';
import { withTlsVariables } from './tls-variables.ts';

const CAPACITY_REST_MS = 60_000;
const STALE_PAUSE_MS = 1000;
/** A question that is answered sooner was not held. */
const HELD_MS = 50;

/** What polling works with. Times are milliseconds. */
export interface PollingTools extends AdmissionTools {
  readonly runners: readonly RunnerConfig[];
  readonly concurrency: number;
  readonly keys: Pick<RunnerKeys, 'ready' | 'isReplaced'>;
  readonly checkIntervalMs: number;
  /** Wait for the check interval also after a job came. */
  readonly strictCheckInterval: boolean;
  /** Questions of one runner at a time, at most. */
  readonly requestConcurrency: number;
  readonly unhealthyRequestsLimit: number;
  readonly unhealthyIntervalMs: number;
}

/** One that asks: a runner, and which of its questions this is, counted from 0. */
interface Asker {
  readonly runner: RunnerConfig;
  readonly number: number;
}

/**
 * Asks GitLab for work: a loop for each question that a runner may have open. A slot is held from before the question. While fewer slots are free than there are runners, the
 * questions are short, so that no runner waits behind another's long poll.
 */
export class Polling {
  readonly #tools: PollingTools;
  readonly #health = new Map<string, RunnerHealth>();
  readonly #questions = new Map<string, QuestionLimit>();
  readonly #hurriedAt = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #cut = new AbortController();
  #loops: Promise<unknown> = Promise.resolve();

  constructor(tools: PollingTools) {
    this.#tools = tools;
    const refused = { limit: tools.unhealthyRequestsLimit, restMs: tools.unhealthyIntervalMs };
    for (const { name } of tools.runners) {
      this.#health.set(name, new RunnerHealth(() => tools.clock.monotonic(), refused));
      this.#questions.set(name, new QuestionLimit(tools.requestConcurrency));
    }
  }

  start(): void {
    const { runners, requestConcurrency } = this.#tools;
    const numbers = Array.from({ length: requestConcurrency }, (_, number) => number);
    this.#loops = Promise.all(runners.flatMap((runner) => numbers.map((number) => this.#loop({ runner, number }))));
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

  async #loop({ runner, number }: Asker): Promise<void> {
    const { slots } = this.#tools.roster;
    while (!this.#stop.signal.aborted) {
      try {
        const credentials = await this.#tools.keys.ready(runner.name, this.#stop.signal);
        await this.#questions.get(runner.name)?.turnOf(number, this.#stop.signal);
        await this.#untilAllowed(runner);
        const slot = slots.tryTake(runner.name);
        if (!slot) await slots.released(this.#stop.signal);
        else if (await this.#ask(runner, credentials, slot)) continue;
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
  async #ask(runner: RunnerConfig, credentials: RunnerCredentials, slot: Slot): Promise<boolean> {
    const { coordinator, roster, runners, concurrency, emit } = this.#tools;
    const isLongPoll = concurrency - roster.size >= runners.length * this.#tools.requestConcurrency;
    const askedAt = this.#tools.clock.monotonic();
    try {
      const verdict = await coordinator.request(credentials, { isLongPoll }, this.#cut.signal);
      emit({ name: 'poll.answered', runner: runner.name, verdict: verdict.kind, ...('cause' in verdict && { cause: verdict.cause }) });
      const isHeld = this.#tools.clock.monotonic() - askedAt >= HELD_MS;
      this.#questions.get(runner.name)?.note(verdict.kind === 'job' || verdict.kind === 'unavailable' ? verdict.kind : 'none');
      const isWelcome = await this.#obey(verdict, { runner, used: credentials, slot });
      if (verdict.kind === 'job') return isWelcome && !this.#tools.strictCheckInterval;
      return isWelcome && (isHeld || this.#mayHurry(runner));
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

  async #obey(
    verdict: RequestVerdict,
    of: { readonly runner: RunnerConfig; readonly used: RunnerCredentials; readonly slot: Slot },
  ): Promise<boolean> {
    const { runner, slot } = of;
    const health = this.#health.get(runner.name);
    if (verdict.kind !== 'refused') health?.answered();
    switch (verdict.kind) {
      case 'job':
        if (await admitJob(this.#tools, { runner, job: withTlsVariables(verdict.job, verdict.tls), slot }, this.#cut.signal)) return true;
        health?.lackedCapacity(CAPACITY_REST_MS);
        return false;
      case 'refused':
        slot.release();
        // Another manager may have rotated the token: the next question carries the new one.
        if (await this.#tools.keys.isReplaced(runner.name, of.used.token)) return false;
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
