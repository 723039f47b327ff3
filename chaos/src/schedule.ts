import { type Random, seededRandom } from '@fargate-gitlab-runner/kernel';
import type { Disturbance, Planned, Way } from './disturbance.ts';
import { weightedChoice } from './weighted-choice.ts';

const MEAN_PAUSE_MS = 2500;
/** Managers get to work first. */
const FIRST_AT_MS = 3000;

/**
 * What happens to the system and when: the same for the same seed and length, and nothing else goes into it. It begins with one of each
 * kind, in an order of the seed, so that a short run leaves none out that there is time for; then they come by weight.
 */
export function makeSchedule(of: { readonly seed: number; readonly lengthMs: number }): readonly Planned[] {
  const random = seededRandom(of.seed);
  const first = shuffled(KINDS, random);
  const planned: Planned[] = [];
  for (let atMs = FIRST_AT_MS; atMs < of.lengthMs; atMs += MEAN_PAUSE_MS * (0.2 + 1.6 * random.fraction())) {
    const kind = first.pop() ?? weightedChoice(random, KINDS, ({ weight }) => weight);
    planned.push({ atMs: Math.round(atMs), what: kind.make(random) });
  }
  return planned;
}

interface Kind {
  readonly weight: number;
  make(random: Random): Disturbance;
}

const WAYS: readonly Way[] = ['gitlab', 'aws', 'ssh'];

/** A limit that names the time to wait, one that doesn't, and what is no limit. */
const REFUSALS = [{ status: 429, retryAfterS: 1 }, { status: 429 }, { status: 500 }, { status: 502 }, { status: 503 }] as const;

const KINDS: readonly Kind[] = [
  kind(5, (random) => ({ kind: 'manager killed', pick: random.fraction(), restMs: between(random, 0, 3000) })),
  kind(4, (random) => ({ kind: 'manager paused', pick: random.fraction(), forMs: between(random, 500, 9000) })),
  kind(3, (random) => ({ kind: 'manager replaced', pick: random.fraction() })),
  kind(1, (random) => ({ kind: 'manager drained', pick: random.fraction(), patienceMs: between(random, 2000, 15_000) })),
  kind(2, () => ({ kind: 'version rolled' })),
  kind(2, (random) => ({ kind: 'task lost to Spot', pick: random.fraction() })),
  kind(1, (random) => ({ kind: 'worker exited', pick: random.fraction() })),
  kind(1, (random) => ({ kind: 'worker frozen', pick: random.fraction(), forMs: between(random, 1000, 6000) })),
  kind(2, (random) => ({ kind: 'worker hung up', pick: random.fraction() })),
  kind(1, (random) => ({ kind: 'worker slow', sshRefusedMs: between(random, 500, 3000) })),
  kind(1, (random) => ({ kind: 'worker denied', refusals: between(random, 1, 2) })),
  kind(1, () => ({ kind: 'worker unstartable' })),
  kind(4, (random) => ({ kind: 'connections cut', way: oneOf(random, WAYS) })),
  kind(2, (random) => ({
    kind: 'connections delayed',
    way: oneOf(random, WAYS),
    byMs: between(random, 20, 300),
    forMs: between(random, 1000, 6000),
  })),
  kind(2, (random) => ({ kind: 'way shut', way: oneOf(random, WAYS), forMs: between(random, 500, 6000) })),
  kind(5, (random) => ({
    kind: 'GitLab refused',
    route: oneOf(random, ['request', 'trace', 'update', 'upload'] as const),
    ...oneOf(random, REFUSALS),
    times: between(random, 1, 6),
  })),
  kind(4, (random) => ({
    kind: 'GitLab answer lost',
    route: oneOf(random, ['trace', 'update'] as const),
    times: between(random, 1, 4),
  })),
  kind(2, (random) => ({ kind: 'trace truncated', pick: random.fraction(), part: random.fraction() })),
  kind(3, (random) => ({
    kind: 'S3 refused',
    code: oneOf(random, ['SlowDown', 'InternalError', 'ConditionalRequestConflict'] as const),
    times: between(random, 1, 12),
  })),
  kind(4, (random) => ({ kind: 'store write lost', times: between(random, 1, 6) })),
  kind(2, (random) => ({
    kind: 'ECS throttled',
    action: oneOf(random, ['RunTask', 'DescribeTasks', 'StopTask'] as const),
    times: between(random, 1, 5),
  })),
  kind(2, (random) => ({ kind: 'ECS answer lost', action: oneOf(random, ['RunTask', 'StopTask'] as const), times: between(random, 1, 3) })),
  kind(1, (random) => ({ kind: 'capacity short', times: between(random, 1, 3) })),
];

function kind(weight: number, make: (random: Random) => Disturbance): Kind {
  return { weight, make };
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  const keyed = values.map((value) => ({ value, key: random.fraction() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value);
}

function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random.fraction() * (most - least + 1));
}

function oneOf<T>(random: Random, values: readonly T[]): T {
  return weightedChoice(random, values, () => 1);
}
