import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import type { JsonValue } from '../wire/json-text.ts';

/** One manager of a runner: a process group with the same token and `system_id`. */
export interface RunnerManager {
  readonly systemId: string;
  /** `info` as it was **first** seen: GitLab re-reads it only after 40 minutes or more. */
  readonly info: JsonValue;
  /** `info.features.cancel_gracefully` as first seen. */
  readonly cancelsGracefully: boolean;
}

/** What a runner may take. */
export interface RunnerRules {
  readonly description: string;
  readonly tags: readonly string[];
  readonly runUntagged: boolean;
  readonly paused: boolean;
  /** Seconds; undefined = no cap on job timeouts. */
  readonly maximumTimeout: number | undefined;
}

/**
 * A runner as GitLab knows it: token, rules, its managers, and the opaque queue value that changes whenever a matching job may
 * be waiting.
 */
export class Runner {
  readonly id: number;
  readonly managers = new Map<string, RunnerManager>();
  token: string;
  rules: RunnerRules;
  #queueValue: string;
  readonly #random: Random;
  #held = new Set<() => void>();

  constructor(identity: { readonly id: number; readonly token: string }, rules: RunnerRules, random: Random) {
    this.id = identity.id;
    this.token = identity.token;
    this.rules = rules;
    this.#random = random;
    this.#queueValue = random.hex(16);
  }

  get queueValue(): string {
    return this.#queueValue;
  }

  /** Changes the queue value and lets go of held requests. */
  tick(): void {
    this.#queueValue = this.#random.hex(16);
    const held = this.#held;
    this.#held = new Set();
    for (const release of held) release();
  }

  /** Resolves when the queue value changes, when `ms` have passed, or when the signal aborts. */
  async held(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const release = () => over.abort();
    this.#held.add(release);
    try {
      await clock.sleep(ms, AbortSignal.any([over.signal, signal]));
    } catch {
      // Ticked, or nobody is waiting any more: either way the wait is over.
    } finally {
      this.#held.delete(release);
    }
  }

  /** Whether the rules let this runner take a job with these tags. */
  takes(tags: readonly string[]): boolean {
    if (this.rules.paused) return false;
    if (tags.length === 0) return this.rules.runUntagged;
    return tags.every((tag) => this.rules.tags.includes(tag));
  }
}
