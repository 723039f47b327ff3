import { ManualClock } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { flowRig, TIMES } from './flow/flow-rig.test-double.ts';
import { Manager, type ManagerParts } from './manager.ts';
import { MemoryJobStore } from './store/memory-job-store.test-double.ts';
import { sampleRecord } from './store/sample-record.test-double.ts';

/** A store with levers. */
class LeveredStore extends MemoryJobStore {
  isAway = false;
  /** What a list waits for. */
  beforeList: () => Promise<unknown> = async () => undefined;

  override async list(except?: (jobId: string) => boolean) {
    this.#check();
    const listed = await super.list(except);
    await this.beforeList();
    return listed;
  }

  override async beat(owner: string, state: { readonly released: boolean }): Promise<void> {
    this.#check();
    await super.beat(owner, state);
  }

  override async forget(owner: string): Promise<void> {
    this.#check();
    await super.forget(owner);
  }

  #check(): void {
    if (this.isAway) throw new Error('the store is away');
  }
}

/** A manager over a store with these jobs. */
async function managerRig(
  jobs: readonly { readonly jobId: string; readonly owner: string }[] = [],
  parts: Partial<Pick<ManagerParts, 'keys'>> = {},
) {
  const clock = new ManualClock();
  const store = new LeveredStore(clock);
  for (const job of jobs) await store.create(sampleRecord({ runner: 'dev', ...job }));
  await store.beat('left', { released: true });
  const rig = flowRig({ clock, store });
  const { runners, ownership, roster, adoption, polling, tools } = rig;
  let isClosed = false;
  const manager = new Manager({
    config: { runners, reaper: { mode: 'off', intervalMs: 60_000 }, timing: { drainMs: 10_000 } },
    clock,
    coordinator: {
      [Symbol.asyncDispose]: async () => {
        isClosed = true;
      },
    },
    store,
    ownership,
    roster,
    adoption,
    reaper: { keepLooking: async () => undefined },
    polling,
    keys: { keep: async () => undefined },
    emit: tools.emit,
    ...parts,
  });
  return {
    ...rig,
    store,
    manager,
    isClosed: () => isClosed,
    /** The own heartbeat, as others see it. */
    standing: async () => {
      const beat = (await store.owners()).find(({ owner }) => owner === 'us');
      return beat ? (beat.released ? 'released' : 'alive') : 'forgotten';
    },
  };
}

describe('a manager that starts', () => {
  it('drives the jobs that it finds before it asks for more', async () => {
    const { manager, clock, store, drives, coordinator, slots } = await managerRig([
      { jobId: '1', owner: 'left' },
      { jobId: '2', owner: 'us' },
    ]);
    store.beforeList = () => clock.sleep(3000);
    const heldAtFirst: number[] = [];
    coordinator.answer = () => {
      heldAtFirst.push(slots.held());
      return undefined;
    };
    await manager.start();
    await clock.advance(2999);
    expect([coordinator.questions.length, drives.now]).toEqual([0, []]);
    await clock.advance(1);
    // Two jobs, and the slot of the question.
    expect([drives.now.toSorted(), heldAtFirst]).toEqual([['1', '2'], [3]]);
  });

  it('asks for jobs after ten seconds although the store is slow', async () => {
    const { manager, clock, store, coordinator } = await managerRig();
    store.beforeList = () => clock.sleep(3_600_000);
    await manager.start();
    await clock.advance(9999);
    expect(coordinator.questions.length).toBe(0);
    await clock.advance(1);
    expect(coordinator.questions.length).toBe(1);
  });

  it('asks for nothing when it is told to go before it has looked', async () => {
    const { manager, clock, store, coordinator, isClosed } = await managerRig();
    store.beforeList = () => clock.sleep(3000);
    await manager.start();
    await clock.advance(1000);
    const gone = manager.handOver();
    await clock.advance(2000);
    await gone;
    await clock.advance(60_000);
    expect([coordinator.questions.length, isClosed(), clock.sleeping]).toEqual([0, true, 0]);
  });
});

describe('a manager that finishes (SIGQUIT)', () => {
  it('waits for its jobs and takes its heartbeat with it', async () => {
    const { manager, clock, drives, store, standing, isClosed } = await managerRig([{ jobId: '1', owner: 'left' }]);
    await manager.start();
    await clock.advance(0);
    const gone = manager.finish();
    await clock.advance(600_000);
    expect([isClosed(), await standing()]).toEqual([false, 'alive']);
    await overAndDone(store, '1');
    drives.end('1');
    await clock.advance(0);
    await gone;
    expect([isClosed(), await standing(), clock.sleeping]).toEqual([true, 'forgotten', 0]);
  });

  it('waits for the drives that a look in flight starts, and keeps its heartbeat under them', async () => {
    const { manager, clock, drives, store, standing, isClosed } = await managerRig([{ jobId: '1', owner: 'us' }]);
    store.beforeList = () => clock.sleep(1000);
    await manager.start();
    await clock.advance(999);
    // A claim that is being written when the signal comes.
    const read = store.read.bind(store);
    store.read = async (jobId) => {
      await clock.sleep(1000);
      return read(jobId);
    };
    await clock.advance(1);
    const gone = manager.finish();
    await clock.advance(TIMES.lookMs);
    expect([drives.now, isClosed(), await standing()]).toEqual([['1'], false, 'alive']);
    store.read = read;
    await overAndDone(store, '1');
    drives.end('1');
    await clock.advance(1000);
    await gone;
    expect(await standing()).toBe('forgotten');
  });

  it('claims nothing more', async () => {
    const { manager, clock, drives, store, isClosed } = await managerRig([{ jobId: '1', owner: 'left' }]);
    store.beforeList = () => clock.sleep(1000);
    await manager.start();
    await clock.advance(500);
    const gone = manager.finish();
    await clock.advance(1500);
    await gone;
    expect([drives.begun, (await store.read('1'))?.record.owner, isClosed()]).toEqual([[], 'left', true]);
  });

  it('releases its jobs when there are some left, as after a drive that failed', async () => {
    const { manager, clock, drives, standing, told } = await managerRig([{ jobId: '1', owner: 'left' }]);
    await manager.start();
    await clock.advance(0);
    const gone = manager.finish();
    drives.end('1', new Error('its task can not be stopped'));
    await clock.advance(10_000);
    await gone;
    expect([await standing(), told('manager.released')]).toEqual(['released', [{ name: 'manager.released', owner: 'us' }]]);
  });

  it('ends in order also when the store is away', async () => {
    const { manager, clock, store, isClosed, told } = await managerRig();
    await manager.start();
    await clock.advance(0);
    store.isAway = true;
    const gone = manager.finish();
    await clock.advance(60_000);
    await gone;
    expect([isClosed(), clock.sleeping]).toEqual([true, 0]);
    const operations = told('store.failed').map((event) => 'operation' in event && event.operation);
    expect(operations).toEqual(expect.arrayContaining(['looking for jobs that are left', 'releasing the jobs']));
  });

  it('ends in order when only its heartbeat can not be forgotten', async () => {
    const { manager, clock, store, isClosed, told } = await managerRig();
    await manager.start();
    await clock.advance(0);
    store.forget = () => Promise.reject(new Error('no right'));
    const gone = manager.finish();
    await clock.advance(10_000);
    await gone;
    expect(isClosed()).toBe(true);
    expect(told('store.failed')).toEqual([{ name: 'store.failed', operation: 'forgetting the heartbeat', cause: 'Error: no right' }]);
  });
});

describe('a manager that hands over (SIGTERM)', () => {
  it('leaves its jobs and says so', async () => {
    const { manager, clock, drives, standing, told } = await managerRig([{ jobId: '1', owner: 'left' }]);
    await manager.start();
    await clock.advance(0);
    const gone = manager.handOver();
    await clock.advance(10_000);
    await gone;
    expect([drives.now, await standing(), told('manager.released').length]).toEqual([[], 'released', 1]);
  });

  it('tries to release its jobs for what is left of twenty seconds, and says so only when it has', async () => {
    const { manager, clock, store, standing, told, isClosed } = await managerRig();
    await manager.start();
    await clock.advance(0);
    store.isAway = true;
    const gone = manager.handOver();
    await clock.advance(15_000);
    expect([told('manager.released'), isClosed()]).toEqual([[], false]);
    store.isAway = false;
    await clock.advance(500);
    await gone;
    expect([await standing(), told('manager.released').length]).toEqual(['released', 1]);
  });

  it('is gone after twenty seconds though the store is away, and claims nothing else', async () => {
    const { manager, clock, store, standing, told, isClosed } = await managerRig();
    await manager.start();
    await clock.advance(0);
    store.isAway = true;
    const gone = manager.handOver();
    await clock.advance(20_000);
    await gone;
    expect([isClosed(), await standing(), told('manager.released'), clock.sleeping]).toEqual([true, 'alive', [], 0]);
  });

  it('tells those who care for the tokens at once, so that they end what they have begun meanwhile', async () => {
    let isTold = false;
    const keep = (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const onAbort = () => {
          isTold = true;
          resolve();
        };
        signal.addEventListener('abort', onAbort, { once: true });
      });
    const { manager, clock } = await managerRig([], { keys: { keep } });
    await manager.start();
    await clock.advance(0);
    expect(isTold).toBe(false);
    const gone = manager.handOver();
    expect(isTold).toBe(true);
    await clock.advance(10_000);
    await gone;
  });

  it('does so once, however often it is told', async () => {
    const { manager, clock } = await managerRig();
    await manager.start();
    const gone = manager.handOver();
    expect([manager.handOver(), manager.finish()]).toEqual([gone, gone]);
    await clock.advance(20_000);
    await gone;
  });
});

async function overAndDone(store: MemoryJobStore, jobId: string): Promise<void> {
  const found = await store.read(jobId);
  if (found) await store.replace({ ...found.record, phase: 'done' }, found.version);
}
