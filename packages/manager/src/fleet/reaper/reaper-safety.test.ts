import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterRef } from '../ecs-gateway.ts';
import { Reaper } from './reaper.ts';
import { FAMILY, INTERVAL_MS, ReaperRig } from './reaper-rig.test-double.ts';
import type { ClaimSight } from './record-claims.ts';

const CLUSTERS: readonly ClusterRef[] = [{ region: 'eu-west-1', clusterArn: 'arn:cluster/workers' }];
const never = new AbortController().signal;
const LOOKS = 8;
const REAPERS = 2;

/** How a job's life ends: as it should, or by a manager that dies between two of its acts while the record goes. */
type Life = 'whole' | 'never started' | 'task left';
/** What one look at the records gives: the truth, an older truth, records that claim nothing, no records, or an error. */
type View = 'true' | 'old' | 'claimless' | 'empty' | 'error';

/** `looks`: how many looks of both reapers the work of the job lasts. */
const lives = fc.array(
  fc.record({ life: fc.constantFrom<Life>('whole', 'whole', 'never started', 'task left'), looks: fc.nat({ max: REAPERS * LOOKS }) }),
  { minLength: 1, maxLength: 6 },
);
const views = fc.array(fc.constantFrom<View>('true', 'old', 'claimless', 'claimless', 'empty', 'error'), { minLength: 8, maxLength: 24 });

/** A world in which everything that somebody does takes its turn when the scheduler says so. */
class World {
  readonly rig: ReaperRig;
  readonly #turn: () => Promise<void>;
  readonly #views: View[];
  #lastSight: ClaimSight | undefined;
  /** Stops of tasks that a record claimed at that moment. Must stay empty. */
  readonly wrongs: string[] = [];
  #looks = 0;
  readonly #workers: { readonly until: number; done(): void }[] = [];

  constructor(scheduler: fc.Scheduler, given: readonly View[]) {
    this.#turn = () => scheduler.schedule(Promise.resolve());
    this.#views = [...given];
    this.rig = new ReaperRig();
    const { gateway } = this.rig;
    const { listTasks, describeTagged, stopTask } = gateway;
    gateway.listTasks = async (...of) => this.#taken(() => listTasks.apply(gateway, of));
    gateway.describeTagged = async (...of) => this.#taken(() => describeTagged.apply(gateway, of));
    gateway.stopTask = async (...of) =>
      this.#taken(() => {
        const placement = gateway.tagged.get(of[0].taskArn)?.tags.get('fargate-gitlab-runner:placement') ?? '';
        if ([...this.rig.records.values()].flat().includes(placement)) this.wrongs.push(placement);
        return stopTask.apply(gateway, of);
      });
  }

  /** The acts of a manager in their order: record, RunTask, work, StopTask, tombstone. */
  async live(name: string, { life, looks }: { readonly life: Life; readonly looks: number }): Promise<void> {
    await this.#turn();
    this.rig.record(name);
    await this.#turn();
    if (life !== 'never started') this.rig.run(name);
    await this.#work(looks);
    await this.#turn();
    const task = this.rig.gateway.tagged.get(name);
    if (life === 'whole' && task) this.rig.gateway.tagged.set(name, { ...task, desiredStatus: 'STOPPED', tags: new Map() });
    await this.#turn();
    this.rig.records.delete(`j-${name}`);
  }

  reaper(): Reaper {
    const { rig } = this;
    return new Reaper({
      clock: rig.clock,
      gateway: rig.gateway,
      fleet: {
        stop: async (task, reason, signal) => {
          await rig.gateway.stopTask(task, reason, signal);
          return { kind: 'stopped' };
        },
      },
      claims: {
        storeId: async () => FAMILY.storeId,
        all: () => this.#taken(() => this.#sight()),
        holds: (jobId, placementId) => this.#taken(() => rig.claimsInUse.holds(jobId, placementId)),
        taskDefinitions: () => rig.claimsInUse.taskDefinitions(),
      },
      clusters: CLUSTERS,
      family: FAMILY,
      intervalMs: INTERVAL_MS,
      isDryRun: false,
      emit: () => undefined,
    });
  }

  async reap(reaper: Reaper): Promise<void> {
    for (let look = 0; look < LOOKS; look++) {
      await reaper.look(never);
      await this.#turn();
      await this.rig.clock.advance(INTERVAL_MS);
      this.#looks++;
      for (const { until, done } of this.#workers) if (until <= this.#looks) done();
    }
  }

  /** Work is measured in looks: a clock takes no turns, so that turns alone would all be over before the second look. */
  #work(looks: number): Promise<void> {
    return new Promise((resolve) => {
      if (looks <= this.#looks) resolve();
      else this.#workers.push({ until: looks, done: resolve });
    });
  }

  async #sight(): Promise<ClaimSight> {
    const view = this.#views.shift() ?? 'true';
    if (view === 'error') throw new Error('the store is away');
    const truth = await this.rig.claimsInUse.all();
    const old = this.#lastSight ?? truth;
    this.#lastSight = truth;
    if (view === 'empty') return { ...truth, records: 0, placements: new Set() };
    if (view === 'claimless') return { ...truth, records: 9, placements: new Set() };
    return view === 'old' ? old : truth;
  }

  async #taken<T>(act: () => Promise<T>): Promise<T> {
    await this.#turn();
    return act();
  }
}

describe('two reapers and any number of jobs, in any order of their acts', () => {
  it('never stop a task that a record claims, whatever the looks at the records gave', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), lives, views, async (scheduler, given, seen) => {
        const world = new World(scheduler, seen);
        const jobs = given.map((one, at) => world.live(`${at}`, one));
        await scheduler.waitFor(Promise.all([...jobs, world.reap(world.reaper()), world.reap(world.reaper())]));
        expect(world.wrongs).toEqual([]);
      }),
      { seed: 7, numRuns: 150 },
    );
  });

  it('stop in the end every task whose record is gone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), lives, async (scheduler, given) => {
        const world = new World(scheduler, []);
        await scheduler.waitFor(Promise.all(given.map(({ life }, at) => world.live(`${at}`, { life, looks: 0 }))));
        world.rig.record('somebody-else');
        const reaper = world.reaper();
        await scheduler.waitFor(world.reap(reaper));
        expect([...world.rig.gateway.tagged.values()].filter((task) => task.desiredStatus === 'RUNNING')).toEqual([]);
      }),
      { seed: 7, numRuns: 50 },
    );
  });
});
