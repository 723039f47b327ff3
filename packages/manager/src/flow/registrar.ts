import type { RunnerConfig } from '@fargate-gitlab-runner/config';
import type { RemoveVerdict } from '../coordinator/runner-management.ts';
import { type KeyTools, RunnerKey, type RunnerStanding } from './runner-key.ts';

/** A manager of this deployment as GitLab knows it. `isInUse`: a process goes by its name, or was killed while it did. */
export interface KnownManager {
  readonly systemId: string;
  readonly isInUse: boolean;
}

/** `unregistered`: the runner's registration token was never exchanged, so GitLab has nothing to remove. */
export type UnregisterVerdict = RemoveVerdict | { readonly kind: 'unregistered' };

/**
 * Registers and unregisters runners when a person asks for it. A manager registers by itself, with the same token kept in the same store;
 * it never unregisters, because a restart should find its runner again.
 */
export class Registrar {
  readonly #tools: KeyTools;

  constructor(tools: KeyTools) {
    this.#tools = tools;
  }

  /** Exchanges the runner's registration token, unless that was done before, or verifies the token it has. */
  register(runner: RunnerConfig, signal: AbortSignal): Promise<RunnerStanding> {
    return new RunnerKey(runner, this.#tools).settle(signal);
  }

  /** The managers of this store, in order of their names. */
  async managers(): Promise<readonly KnownManager[]> {
    const { store } = this.#tools;
    const beating = new Set((await store.owners()).filter((beat) => !beat.released).map((beat) => beat.owner));
    const slots = await store.systemIds();
    return slots
      .map(({ id, holder }) => ({ systemId: id, isInUse: beating.has(holder) }))
      .toSorted((a, b) => a.systemId.localeCompare(b.systemId));
  }

  /** How many jobs of this runner are not over. */
  async jobsOf(runner: RunnerConfig): Promise<number> {
    const { records } = await this.#tools.store.list();
    return records.filter(({ record }) => record.runner === runner.name).length;
  }

  /** Removes one manager from the runner. The runner, its other managers and its token stay. */
  async unregisterManager(runner: RunnerConfig, systemId: string, signal: AbortSignal): Promise<UnregisterVerdict> {
    const token = await new RunnerKey(runner, this.#tools).token();
    return token ? this.#tools.management.unregisterManager(token, systemId, signal) : { kind: 'unregistered' };
  }

  /** Removes the runner from GitLab, with all its managers, those of other deployments included, and then what is kept of its token. */
  async unregister(runner: RunnerConfig, signal: AbortSignal): Promise<UnregisterVerdict> {
    const token = await new RunnerKey(runner, this.#tools).token();
    if (!token) return { kind: 'unregistered' };
    const verdict = await this.#tools.management.unregister(token, signal);
    if (verdict.kind === 'removed' || verdict.kind === 'missing') await this.#tools.store.removeRunnerToken(runner.name);
    return verdict;
  }
}
