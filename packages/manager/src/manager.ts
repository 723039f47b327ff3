import type { Config } from '@fargate-gitlab-runner/config';
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
  readonly coordinator: AsyncDisposable;
  readonly store: Pick<JobStore, 'forget'>;
  readonly ownership: Ownership;
  readonly roster: Roster;
  readonly adoption: Adoption;
  readonly reaper: Pick<Reaper, 'keepLooking'>;
  readonly polling: Polling;
  readonly keys: Pick<RunnerKeys, 'keep'>;
  readonly emit: EmitEvent;
}

/**
 * The daemon: start, then either hand over (SIGTERM) or finish (SIGQUIT).
 *
 * Life: starting -> serving -> leaving -> gone. Jobs found in the store are driven before the first poll. Gotcha: `handOver` leaves jobs
 * exactly as they stand; the workers go on without us and a successor claims the records.
 */
export class Manager {
  readonly #parts: ManagerParts;
  readonly #stop = new AbortController();
  readonly #leavingSignal = new AbortController();
  #background: Promise<unknown> = Promise.resolve();
  #leaving: Promise<void> | undefined;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { ownership, adoption, reaper, polling, keys, config, emit } = this.#parts;
    await ownership.beat();
    emit({ name: 'manager.started', owner: ownership.owner, runners: config.runners.map((runner) => runner.name) });
    this.#background = Promise.all([
      ownership.keepBeating(this.#stop.signal),
      adoption.keepLooking(this.#leavingSignal.signal),
      ...(config.reaper.mode === 'off' ? [] : [reaper.keepLooking(this.#leavingSignal.signal)]),
      keys.keep(this.#stop.signal),
    ]);
    polling.start();
  }

  /** SIGTERM: ask for nothing more, leave the jobs for a successor, say so with one write. */
  handOver(): Promise<void> {
    this.#leaving ??= this.#leave(async () => {
      await this.#parts.roster.leaveAll();
      this.#stop.abort();
      await this.#background;
      await this.#parts.ownership.beat(true);
      this.#parts.emit({ name: 'manager.released', owner: this.#parts.ownership.owner });
    });
    return this.#leaving;
  }

  /** SIGQUIT: ask for nothing more, finish the jobs that run, go. */
  finish(): Promise<void> {
    this.#leaving ??= this.#leave(async () => {
      await this.#parts.roster.slots.idle(new AbortController().signal);
      this.#stop.abort();
      await this.#background;
      await this.#forgetHeartbeat();
    });
    return this.#leaving;
  }

  /** There are no jobs of ours any more: a heartbeat that stays is swept away by those who look. */
  async #forgetHeartbeat(): Promise<void> {
    const { store, ownership, emit } = this.#parts;
    await store.forget(ownership.owner).catch((error: unknown) => {
      emit({ name: 'store.failed', operation: 'forgetting the heartbeat', cause: String(error) });
    });
  }

  async #leave(goodbye: () => Promise<void>): Promise<void> {
    this.#parts.emit({ name: 'manager.draining', owner: this.#parts.ownership.owner, jobs: this.#parts.roster.size });
    this.#leavingSignal.abort();
    await this.#parts.polling.stop(this.#parts.config.timing.drainMs);
    await goodbye();
    await this.#parts.coordinator[Symbol.asyncDispose]();
  }
}
