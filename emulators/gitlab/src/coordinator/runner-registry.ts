import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import type { JsonValue } from '../wire/json-text.ts';
import { isObject } from '../wire/shape.ts';
import { Runner, type RunnerManager, type RunnerRules } from './runner.ts';

/** How a runner came to be, which decides what its token looks like: registered with a registration token, or created by a person. */
export type RunnerOrigin = 'registered' | 'instance_type' | 'group_type' | 'project_type';

/** GitLab's prefixes: `glrtr-` does not count as `glrt-`. */
const TOKEN_PREFIX = {
  registered: 'glrtr-',
  instance_type: 'glrt-t1_',
  group_type: 'glrt-t2_',
  project_type: 'glrt-t3_',
} as const satisfies Record<RunnerOrigin, string>;

/** What decides about tokens; read anew at each use. */
export interface TokenPolicy {
  /** 0 = tokens do not expire. */
  readonly tokenLifetimeSeconds: number;
  /** After so long a manager's `info` is stored anew. */
  readonly managerRefreshMs: number;
}

/** All runners, found by their token. A token that has expired finds nothing. */
export class RunnerRegistry {
  readonly #runners = new Map<number, Runner>();
  readonly #tools: { readonly clock: Clock; readonly random: Random };
  readonly #policy: () => TokenPolicy;
  #nextId = 1;

  constructor(tools: { readonly clock: Clock; readonly random: Random }, policy: () => TokenPolicy) {
    this.#tools = tools;
    this.#policy = policy;
  }

  get all(): readonly Runner[] {
    return [...this.#runners.values()];
  }

  /** Without a token, one of the form that belongs to the origin is made up. */
  create(
    rules: RunnerRules,
    { token, origin = 'instance_type' }: { readonly token?: string; readonly origin?: RunnerOrigin } = {},
  ): Runner {
    const identity = { id: this.#nextId++, token: token ?? this.#newToken(TOKEN_PREFIX[origin]), tokenExpiresAt: this.#expiry() };
    const runner = new Runner(identity, rules, this.#tools);
    this.#runners.set(runner.id, runner);
    return runner;
  }

  withToken(token: string): Runner | undefined {
    const now = this.#tools.clock.now();
    return this.all.find((runner) => runner.token === token && (runner.tokenExpiresAt ?? Number.POSITIVE_INFINITY) > now);
  }

  withId(id: number): Runner | undefined {
    return this.#runners.get(id);
  }

  /** The runner and all its managers are gone; requests that are held end. */
  delete(runner: Runner): void {
    this.#runners.delete(runner.id);
    runner.tick();
  }

  /** Gives the runner a new token of the same form; the old one stops working at once, for every manager that shares it. */
  rotate(runner: Runner): void {
    runner.token = this.#newToken(/^glrtr-|^glrt-t\d_/.exec(runner.token)?.[0] ?? TOKEN_PREFIX.instance_type);
    runner.tokenExpiresAt = this.#expiry();
  }

  /** The manager that sent an authenticated request; the first one makes the record, with the `info` it carries. */
  managerOf(runner: Runner, systemId: string | undefined, info: JsonValue): RunnerManager {
    const id = systemId ?? '<legacy>';
    const known = runner.managers.get(id);
    const now = this.#tools.clock.monotonic();
    if (known && now - known.storedAt < this.#policy().managerRefreshMs) return known;
    const features = isObject(info) ? info.features : undefined;
    const manager = { systemId: id, info, cancelsGracefully: isObject(features) && features.cancel_gracefully === true, storedAt: now };
    runner.managers.set(id, manager);
    return manager;
  }

  #newToken(prefix: string): string {
    return `${prefix}${this.#tools.random.hex(10)}`;
  }

  #expiry(): number | undefined {
    const { tokenLifetimeSeconds } = this.#policy();
    return tokenLifetimeSeconds === 0 ? undefined : this.#tools.clock.now() + tokenLifetimeSeconds * 1000;
  }
}
