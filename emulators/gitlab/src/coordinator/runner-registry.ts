import type { Random } from '@fargate-gitlab-runner/kernel';
import type { JsonValue } from '../wire/json-text.ts';
import { isObject } from '../wire/shape.ts';
import { Runner, type RunnerManager, type RunnerRules } from './runner.ts';

/** All runners, found by their token. */
export class RunnerRegistry {
  readonly #runners: Runner[] = [];
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  get all(): readonly Runner[] {
    return this.#runners;
  }

  /** Without a token, one of the usual form `glrt-…` is made up. */
  create(rules: RunnerRules, token = `glrt-t1_${this.#random.hex(10)}`): Runner {
    const runner = new Runner({ id: this.#runners.length + 1, token }, rules, this.#random);
    this.#runners.push(runner);
    return runner;
  }

  withToken(token: string): Runner | undefined {
    return this.#runners.find((runner) => runner.token === token);
  }

  withId(id: number): Runner | undefined {
    return this.#runners.find((runner) => runner.id === id);
  }

  /** Gives the runner a new token; the old one stops working at once. */
  rotate(runner: Runner): string {
    runner.token = `glrt-t1_${this.#random.hex(10)}`;
    return runner.token;
  }

  /** The manager that sent an authenticated request; the first one makes the record, with the `info` it carries. */
  managerOf(runner: Runner, systemId: string | undefined, info: JsonValue): RunnerManager {
    const id = systemId ?? '<legacy>';
    const known = runner.managers.get(id);
    if (known) return known;
    const features = isObject(info) ? info.features : undefined;
    const manager = { systemId: id, info, cancelsGracefully: isObject(features) && features.cancel_gracefully === true };
    runner.managers.set(id, manager);
    return manager;
  }
}
