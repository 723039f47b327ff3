import type { Config } from '@fargate-gitlab-runner/config';
import { type Clock, deadlineSignal } from '@fargate-gitlab-runner/kernel';
import type { Reaper } from './fleet/reaper/reaper.ts';
import type { Adoption } from './flow/adoption.ts';
import type { Ownership } from './flow/ownership.ts';
import type { Polling } from './flow/polling.ts';
import type { Roster } from './flow/roster.ts';
import type { RunnerKeys } from './flow/runner-keys.ts';
import type { JobStore } from './store/job-store.ts';
import type { EmitEvent } from './telemetry/manager-event.ts';

/** The parts of a manager, made in main.ts. */
export interface ManagerParts {
  readonly config: Pick<Config, 'runners' | 'reaper'> & { readonly timing: Pick<Config['timing'], 'drainMs'> };
  readonly clock: Clock;
  readonly coordinator: AsyncDisposable;
  readonly store: Pick<JobStore, 'forget' | 'list'>;
  readonly ownership: Ownership;
  readonly roster: Roster;
  readonly adoption: Adoption;
  readonly reaper: Pick<Reaper, 'keepLooking'>;
  readonly polling: Pick<Polling, 'start' | 'stop'>;
  readonly keys: Pick<RunnerKeys, 'keep'>;
  readonly emit: EmitEvent;
}

/** A manager that is told to hand over is gone within this time. */
const HAND_OVER_WITHIN_MS = 20_000;
/** A store that is slow keeps nobody from asking for work longer than this. */
const FIRST_LOOK_WITHIN_MS = 10_000;
/** How long a manager that has finished tries to say that jobs of its are left. */
const RELEASE_WITHIN_MS = 10_000;

/**
 * The daemon: start, then either hand over (SIGTERM) or finish (SIGQUIT).
 *
 * Life: starting -> serving -> leaving -> gone. Jobs found in the store are driven before the first poll, unless the store takes longer than
 * ten seconds. Gotchas: `handOver` leaves jobs exactly as they stand; the workers go on without us and a successor claims the records. A look
 * for jobs that has begun may still start drives, so who leaves waits for it.
 */
export class Manager {
  readonly #parts: ManagerParts;
  readonly #stop = new AbortController();
  readonly #leavingSignal = new AbortController();
  /** Ends the care for tokens. */
  readonly #tokensEnd = new AbortController();
  #started: Promise<void> = Promise.resolve();
  #adopting: Promise<unknown> = Promise.resolve();
  #background: Promise<unknown> = Promise.resolve();
  #leaving: Promise<void> | undefined;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
  }

  start(): Promise<void> {
    this.#started = this.#start();
    return this.#started;
  }

  async #start(): Promise<void> {
    const { ownership, adoption, reaper, keys, config, emit } = this.#parts;
    await ownership.beat();
    emit({ name: 'manager.started', owner: ownership.owner, runners: config.runners.map((runner) => runner.name) });
    this.#adopting = adoption.keepLooking(this.#leavingSignal.signal);
    this.#background = Promise.all([
      ownership.keepBeating(this.#stop.signal),
      this.#adopting,
      this.#pollAfterFirstLook(),
      ...(config.reaper.mode === 'off' ? [] : [reaper.keepLooking(this.#leavingSignal.signal)]),
      keys.keep(this.#tokensEnd.signal),
    ]);
  }

  /** Jobs that wait for a manager come before new ones: they have their slots first. */
  async #pollAfterFirstLook(): Promise<void> {
    const { adoption, clock, polling } = this.#parts;
    using limit = deadlineSignal(clock, FIRST_LOOK_WITHIN_MS, this.#leavingSignal.signal);
    await Promise.race([adoption.looked, aborted(limit.signal)]);
    if (!this.#leavingSignal.signal.aborted) polling.start();
  }

  /** SIGTERM: ask for nothing more, leave the jobs for a successor, say so with one write. */
  handOver(): Promise<void> {
    this.#leaving ??= this.#handOver();
    return this.#leaving;
  }

  async #handOver(): Promise<void> {
    const { roster, coordinator, clock } = this.#parts;
    using limit = deadlineSignal(clock, HAND_OVER_WITHIN_MS);
    // A rotation that has begun is ended meanwhile.
    this.#tokensEnd.abort();
    await this.#stopAsking();
    await roster.leaveAll();
    this.#stop.abort();
    await this.#background;
    await this.#release(limit.signal);
    await coordinator[Symbol.asyncDispose]();
  }

  /** SIGQUIT: ask for nothing more, finish the jobs that run, go. */
  finish(): Promise<void> {
    this.#leaving ??= this.#finish();
    return this.#leaving;
  }

  async #finish(): Promise<void> {
    const { roster, coordinator, clock } = this.#parts;
    await this.#stopAsking();
    await this.#adopting;
    await roster.slots.idle(new AbortController().signal);
    this.#tokensEnd.abort();
    this.#stop.abort();
    await this.#background;
    using limit = deadlineSignal(clock, RELEASE_WITHIN_MS);
    if (await this.#hasJobsLeft()) await this.#release(limit.signal);
    else await this.#forgetHeartbeat();
    await coordinator[Symbol.asyncDispose]();
  }

  async #stopAsking(): Promise<void> {
    const { polling, ownership, roster, config, emit } = this.#parts;
    emit({ name: 'manager.draining', owner: ownership.owner, jobs: roster.size });
    this.#leavingSignal.abort();
    await this.#started;
    await polling.stop(config.timing.drainMs);
  }

  async #release(signal: AbortSignal): Promise<void> {
    const { ownership, emit } = this.#parts;
    if (await ownership.release(signal)) emit({ name: 'manager.released', owner: ownership.owner });
  }

  /** Whether a record names us, as that of a job does whose drive has failed; also when that can't be said. */
  async #hasJobsLeft(): Promise<boolean> {
    const { store, ownership } = this.#parts;
    try {
      const { records, unreadable } = await store.list();
      return unreadable.length > 0 || records.some(({ record }) => record.owner === ownership.owner);
    } catch (error) {
      this.#failed('looking for jobs that are left', error);
      return true;
    }
  }

  /** There are no jobs of ours any more: a heartbeat that stays is swept away by those who look. */
  async #forgetHeartbeat(): Promise<void> {
    const { store, ownership } = this.#parts;
    await store.forget(ownership.owner).catch((error: unknown) => this.#failed('forgetting the heartbeat', error));
  }

  #failed(operation: string, error: unknown): void {
    this.#parts.emit({ name: 'store.failed', operation, cause: String(error) });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
