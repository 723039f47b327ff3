import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import type { JsonValue } from '../wire/json-text.ts';

const QUEUE_VALUE_LASTS_MS = 60 * 60 * 1000;

/** One manager of a runner: a process group with the same token and `system_id`. */
export interface RunnerManager {
  readonly systemId: string;
  /** `info` as it was **first** seen: GitLab stores it anew only after 40 minutes or more (here: `managerRefreshMs`). */
  readonly info: JsonValue;
  /** `info.features.cancel_gracefully` of that `info`. */
  readonly cancelsGracefully: boolean;
  /** When `info` was stored, on the monotonic clock. */
  readonly storedAt: number;
}

/** What a runner may take. */
export interface RunnerRules {
  readonly description: string;
  readonly tags: readonly string[];
  readonly runUntagged: boolean;
  readonly paused: boolean;
  /** Seconds; undefined = no cap on job timeouts. */
  readonly maximumTimeout: number | undefined;
  /** A locked runner can't be given other projects. */
  readonly locked: boolean;
  /** `ref_protected`: only jobs of protected branches and tags. */
  readonly accessLevel: 'not_protected' | 'ref_protected';
  readonly maintenanceNote: string | undefined;
  /** Paths of the only projects whose jobs it takes; undefined = all. An empty list makes the runner orphaned: every call is a 422. */
  readonly projects: readonly string[] | undefined;
}

/** Rules of a runner that takes everything without tags. */
export const DEFAULT_RUNNER_RULES: RunnerRules = {
  description: 'a runner',
  tags: [],
  runUntagged: true,
  paused: false,
  maximumTimeout: undefined,
  locked: false,
  accessLevel: 'not_protected',
  maintenanceNote: undefined,
  projects: undefined,
};

/** What the rules look at in a job. */
export interface JobDemand {
  readonly tags: readonly string[];
  readonly project: { readonly path: string } | undefined;
  readonly commit: { readonly isProtected: boolean };
}

/**
 * A runner as GitLab knows it: token, rules, its managers, and the opaque queue value that changes whenever a matching job may
 * be waiting, and once an hour.
 */
export class Runner {
  readonly id: number;
  readonly managers = new Map<string, RunnerManager>();
  token: string;
  /** Wall time in milliseconds; undefined = never. */
  tokenExpiresAt: number | undefined;
  rules: RunnerRules;
  readonly #clock: Clock;
  readonly #random: Random;
  #queueValue: string;
  #queueValueSince: number;
  #held = new Set<() => void>();

  constructor(
    identity: { readonly id: number; readonly token: string; readonly tokenExpiresAt: number | undefined },
    rules: RunnerRules,
    tools: { readonly clock: Clock; readonly random: Random },
  ) {
    this.id = identity.id;
    this.token = identity.token;
    this.tokenExpiresAt = identity.tokenExpiresAt;
    this.rules = rules;
    this.#clock = tools.clock;
    this.#random = tools.random;
    this.#queueValue = tools.random.hex(16);
    this.#queueValueSince = tools.clock.monotonic();
  }

  get queueValue(): string {
    if (this.#clock.monotonic() - this.#queueValueSince >= QUEUE_VALUE_LASTS_MS) this.#renewQueueValue();
    return this.#queueValue;
  }

  /** Belongs to no project any more: GitLab refuses it with 422. */
  get isOrphaned(): boolean {
    return this.rules.projects?.length === 0;
  }

  /** Changes the queue value and lets go of held requests. */
  tick(): void {
    this.#renewQueueValue();
    const held = this.#held;
    this.#held = new Set();
    for (const release of held) release();
  }

  /** Resolves when the queue value changes, when `ms` have passed, or when the signal aborts. */
  async held(ms: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const release = () => over.abort();
    this.#held.add(release);
    try {
      await this.#clock.sleep(ms, AbortSignal.any([over.signal, signal]));
    } catch {
      // Ticked, or nobody is waiting any more: either way the wait is over.
    } finally {
      this.#held.delete(release);
    }
  }

  /** Whether the rules let this runner take the job. */
  takes({ tags, project, commit }: JobDemand): boolean {
    const { paused, accessLevel, projects, runUntagged } = this.rules;
    if (paused) return false;
    if (accessLevel === 'ref_protected' && !commit.isProtected) return false;
    if (projects && !(project && projects.includes(project.path))) return false;
    if (tags.length === 0) return runUntagged;
    return tags.every((tag) => this.rules.tags.includes(tag));
  }

  #renewQueueValue(): void {
    this.#queueValue = this.#random.hex(16);
    this.#queueValueSince = this.#clock.monotonic();
  }
}
