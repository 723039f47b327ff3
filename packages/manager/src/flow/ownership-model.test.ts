import { ManualClock } from '@fargate-gitlab-runner/kernel';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CallFate } from '../store/faulty-job-store.test-double.ts';
import { TIMES } from './flow-rig.test-double.ts';
import { ModelManager } from './model-manager.test-double.ts';
import { ModelWorld } from './model-world.test-double.ts';

const MANAGERS = 3;
const SLICE_MS = 500;
/** What must have happened now and then, or the runs prove nothing. */
const SEEN = ['job.accepted', 'job.adopted', 'job.fenced', 'store.failed'] as const;
/** Long enough for every job to be found, claimed and finished by whoever is left. */
const SETTLE_MS = 4 * TIMES.staleMs;

/** The system under test: managers come and go over one world. */
class Fleet {
  readonly world = new ModelWorld(new ManualClock());
  readonly managers: ModelManager[] = [];
  /** Those that have gone, too. */
  readonly ever: ModelManager[] = [];

  constructor() {
    for (let n = 0; n < MANAGERS; n++) this.managers.push(this.#start());
  }

  /** The manager at a place; a new process with a new owner id when the last one there has gone. */
  at(place: number): ModelManager {
    const found = this.managers[place];
    if (found && !found.isGone) return found;
    const next = this.#start();
    this.managers[place] = next;
    return next;
  }

  async live(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += SLICE_MS) {
      await this.world.clock.advance(SLICE_MS);
      await Promise.all(this.managers.map((manager) => manager.live(SLICE_MS)));
    }
  }

  #start(): ModelManager {
    const number = this.ever.length + 1;
    const manager = new ModelManager(this.world, `owner-${number}`, number * 977_000 - 3_000_000);
    this.ever.push(manager);
    return manager;
  }
}

type Model = Readonly<Record<string, never>>;
type Act = (fleet: Fleet) => void | Promise<void>;

/** One thing that happens to the fleet. After each the world must be without fault. */
class Happening implements fc.AsyncCommand<Model, Fleet> {
  readonly #name: string;
  readonly #act: Act;

  constructor(name: string, act: Act) {
    this.#name = name;
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  async run(_model: Model, fleet: Fleet): Promise<void> {
    await this.#act(fleet);
    expect(fleet.world.violations).toEqual([]);
  }

  toString(): string {
    return this.#name;
  }
}

const place = fc.nat({ max: MANAGERS - 1 });
const fates = fc.array(fc.constantFrom<CallFate>('done', 'before', 'after', 'late'), { minLength: 1, maxLength: 12 });

const jobs = fc.tuple(place, fc.integer({ min: 1, max: 3 })).map(
  ([at, count]) =>
    new Happening(`${count} jobs for ${at}`, (fleet) => {
      for (let n = 0; n < count; n++) fleet.at(at).takeJob();
    }),
);

/** The worst that a manager can do: it stops in the middle of things, is succeeded, and goes on where it was. */
const sleep = fc.tuple(place, fc.integer({ min: 0, max: 12 }), fates).map(
  ([at, slices, list]) =>
    new Happening(`${at} works ${slices * SLICE_MS} ms with ${list.join()} and sleeps`, async (fleet) => {
      const sleeper = fleet.at(at);
      sleeper.takeJob();
      await fleet.live(slices * SLICE_MS);
      sleeper.fail(list);
      await fleet.live(SLICE_MS);
      sleeper.pause();
      await fleet.live(TIMES.staleMs + 3 * TIMES.lookMs);
      await sleeper.resume();
    }),
);

const happenings = [
  jobs,
  sleep,
  sleep,
  fc.integer({ min: 1, max: 24 }).map((n) => new Happening(`${n * SLICE_MS} ms`, (fleet) => fleet.live(n * SLICE_MS))),
  fc.integer({ min: 1, max: 24 }).map((n) => new Happening(`${n * SLICE_MS} ms`, (fleet) => fleet.live(n * SLICE_MS))),
  fc.constant(new Happening('longer than stale', (fleet) => fleet.live(TIMES.staleMs + 2 * TIMES.lookMs))),
  fc.tuple(place, fates).map(([at, list]) => new Happening(`faults for ${at}: ${list.join()}`, (fleet) => fleet.at(at).fail(list))),
  place.map((at) => new Happening(`pause ${at}`, (fleet) => fleet.at(at).pause())),
  place.map((at) => new Happening(`resume ${at}`, (fleet) => fleet.at(at).resume())),
  place.map((at) => new Happening(`kill ${at}`, (fleet) => fleet.at(at).kill())),
  place.map((at) => new Happening(`hand over ${at}`, (fleet) => fleet.at(at).handOver())),
  place.map((at) => new Happening(`finish ${at}`, (fleet) => fleet.at(at).finish())),
  fc
    .tuple(place, fc.integer({ min: -7_200_000, max: 7_200_000 }))
    .map(([at, ms]) => new Happening(`clock of ${at} jumps ${ms}`, (fleet) => fleet.at(at).jumpClock(ms))),
];

it('managers that are paused, killed and cut off never act twice or without intent, and lose no job', async () => {
  const told = new Map<string, number>(SEEN.map((name) => [name, 0]));
  await fc.assert(
    fc.asyncProperty(fc.commands(happenings, { size: '+1', maxCommands: 30 }), async (commands) => {
      const fleet = new Fleet();
      await fleet.live(SLICE_MS);
      await fc.asyncModelRun(() => ({ model: {}, real: fleet }), commands);
      for (let at = 0; at < MANAGERS; at++) {
        fleet.at(at).heal();
        await fleet.at(at).resume();
      }
      await fleet.live(SETTLE_MS);
      fleet.world.checkSettled();
      expect(fleet.world.violations).toEqual([]);
      for (const name of SEEN)
        told.set(
          name,
          fleet.ever.reduce((sum, manager) => sum + manager.told(name), told.get(name) ?? 0),
        );
    }),
    { numRuns: 24, seed: 20260101 },
  );
  // The runs must have been through what they are about.
  for (const [name, times] of told) expect([name, times > 5]).toEqual([name, true]);
});
