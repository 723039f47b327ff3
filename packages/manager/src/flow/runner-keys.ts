import type { RunnerConfig } from '@fargate-gitlab-runner/config';
import type { Secret } from '@fargate-gitlab-runner/kernel';
import type { RunnerCredentials } from '../coordinator/coordinator.ts';
import { type KeyTools, RunnerKey } from './runner-key.ts';

/** The runners' tokens as they are now, by runner. */
export class RunnerKeys {
  readonly #keys: ReadonlyMap<string, RunnerKey>;

  constructor(runners: readonly RunnerConfig[], tools: KeyTools) {
    this.#keys = new Map(runners.map((runner) => [runner.name, new RunnerKey(runner, tools)]));
  }

  /** The credentials of a runner, if it has a token of its own yet. */
  of(runner: string): RunnerCredentials | undefined {
    return this.#keys.get(runner)?.credentials;
  }

  /** Resolves with the credentials once there are any; rejects with the signal's reason. */
  ready(runner: string, signal: AbortSignal): Promise<RunnerCredentials> {
    return this.#of(runner).ready(signal);
  }

  /** Whether `used`, which GitLab refused, has been replaced or is being replaced: then the refusal says nothing about the runner. */
  isReplaced(runner: string, used: Secret): Promise<boolean> {
    return this.#of(runner).isReplaced(used);
  }

  /** Registers, verifies and rotates until the signal aborts. */
  async keep(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#keys.values()].map((key) => key.keep(signal)));
  }

  #of(runner: string): RunnerKey {
    const key = this.#keys.get(runner);
    if (!key) throw new Error(`there is no runner ${runner}`);
    return key;
  }
}
