import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { JsonObject } from '../json-fields.ts';
import { EcsError } from './ecs-error.ts';

const LIFE_MS = 24 * 3600 * 1000;

interface Use {
  readonly parameters: string;
  readonly taskArns: readonly string[];
  readonly at: number;
}

/**
 * The idempotency tokens of RunTask, per cluster, for 24 hours: the same token with the same parameters means the same tasks; with
 * other parameters it is a ConflictException that names them.
 */
export class ClientTokens {
  readonly #clock: Clock;
  readonly #uses = new Map<string, Use>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The tasks that this token has started before; undefined for a new one. Throws ConflictException when the parameters differ. */
  earlier(clusterArn: string, token: string, request: JsonObject): readonly string[] | undefined {
    const use = this.#uses.get(`${clusterArn} ${token}`);
    if (!use || this.#clock.now() - use.at >= LIFE_MS) return undefined;
    if (use.parameters !== parametersOf(request)) {
      throw new EcsError('ConflictException', 'The clientToken is already in use with other parameters.', {
        extra: { resourceIds: use.taskArns },
      });
    }
    return use.taskArns;
  }

  remember(clusterArn: string, token: string, use: { readonly request: JsonObject; readonly taskArns: readonly string[] }): void {
    const entry = { parameters: parametersOf(use.request), taskArns: use.taskArns, at: this.#clock.now() };
    this.#uses.set(`${clusterArn} ${token}`, entry);
  }
}

/** A request as text in which the order of members does not matter. */
function parametersOf(request: JsonObject): string {
  const { clientToken: _, ...rest } = request;
  return JSON.stringify(rest, (_name, value: unknown) => (isPlain(value) ? Object.fromEntries(Object.entries(value).sort(byName)) : value));
}

function isPlain(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
