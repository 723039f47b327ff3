import { ManualClock, Secret, seededRandom } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import type { Fleet, PlacementFailure, TaskStop } from '../../fleet/fleet.ts';
import { flowRig } from '../../flow/flow-rig.test-double.ts';
import { faultyStore } from '../../store/faulty-job-store.test-double.ts';
import { MemoryJobStore } from '../../store/memory-job-store.test-double.ts';
import { sampleRecord } from '../../store/sample-record.test-double.ts';
import type { ConnectOutcome } from '../../transport/transport.ts';
import { PlacingTime } from '../drive/placing-time.ts';
import { jobSettings } from '../job-settings.test-double.ts';
import { RecordedJob } from '../recorded-job.ts';
import { makeSayLine } from '../trace/trace-lines.ts';
import { rig } from '../trace/trace-rig.test-double.ts';
import { CountedSession, openLine } from '../worker/open-line.test-double.ts';
import { NoWorker } from './placing.ts';
import type { PlacingTools } from './placing-tools.ts';
import { reachWorker } from './worker-reach.ts';

const LIMIT_MS = 600_000;
/** From RunTask to the address, and from there to the end of the task. */
const START_MS = 5000;
const LIFE_MS = 15_000;

const failure = (retry: PlacementFailure['retry']): PlacementFailure => ({
  retry,
  isCapacity: false,
  elsewhere: false,
  who: 'operator',
  code: 'FR_TEST',
  cause: 'the image could not be pulled',
  cure: 'wait',
});

/** Workers that have an address and stop before anybody has spoken to them; `times` says when each was asked for. */
function stoppingFleet(clock: ManualClock, retry: PlacementFailure['retry']): { readonly fleet: Fleet; readonly times: number[] } {
  const begun = clock.monotonic();
  const times: number[] = [];
  const stop: TaskStop = { stopCode: 'TaskFailedToStart', stoppedReason: 'x', wasRunning: false, failure: failure(retry) };
  const fleet: Fleet = {
    place: async () => {
      times.push((clock.monotonic() - begun) / 1000);
      return { kind: 'placed', adopted: false, task: { region: 'eu-west-1', clusterArn: 'cluster', taskArn: `task-${times.length}` } };
    },
    find: async () => undefined,
    awaitAddress: async (_task, signal) => {
      await clock.sleep(START_MS, signal);
      return { kind: 'address', host: '10.0.0.1' };
    },
    awaitStopped: async (_task, signal) => {
      await clock.sleep(LIFE_MS, signal);
      return stop;
    },
    lookForStop: async () => stop,
    judgeConnect: () => failure('give up'),
    stop: async () => ({ kind: 'stopped' }),
  };
  return { fleet, times };
}

/** What placing works with, on a clock that stands still. `connect`: what becomes of tries to reach a worker. */
async function placing(of: {
  readonly clock: ManualClock;
  readonly fleet: Fleet;
  readonly connect?: () => ConnectOutcome;
  readonly isStoreAway?: () => boolean;
}): Promise<PlacingTools> {
  const { clock } = of;
  const memory = new MemoryJobStore(clock);
  const store = faultyStore(memory, { fate: () => (of.isStoreAway?.() ? 'before' : 'done'), wait: async () => undefined });
  const record = sampleRecord({ deadlineAt: clock.now() + 24 * LIMIT_MS, nonce: new Secret('nonce-in-clear') });
  const created = await memory.create(record);
  const [runner] = flowRig().runners;
  if (created.kind !== 'created' || !runner) throw new Error('no job to place');
  const { connect = () => ({ kind: 'refused', cause: 'nobody listens' }) } = of;
  return {
    tools: {
      clock,
      random: seededRandom(1),
      fleet: of.fleet,
      transport: { connect: async () => connect() },
      makeShim: () => openLine({ open: async () => ({ kind: 'ok', ...openLine().state }) }).shim,
      logs: { tail: async () => ({ kind: 'none' }) },
      emit: () => undefined,
      settings: { ...jobSettings, placementTimeoutMs: LIMIT_MS },
    },
    facts: { runner, concurrentId: 0, hasDeadlineContainer: true, shortToken: 'short' },
    job: new RecordedJob({ record, version: created.version }, { store, clock }),
    say: makeSayLine(rig().trace, { clock, hasSections: false }),
    placingTime: new PlacingTime(LIMIT_MS, clock),
  };
}

describe('workers that stop after they had an address', () => {
  it('are placed again after a pause that grows, and no longer than placing may take', async () => {
    const clock = new ManualClock();
    const { fleet, times } = stoppingFleet(clock, 'later');
    const reaching = reachWorker(await placing({ clock, fleet }), new AbortController().signal);
    reaching.catch(() => undefined);
    await clock.advance(4 * LIMIT_MS);
    await expect(reaching).rejects.toBeInstanceOf(NoWorker);
    // Each lives 20 s from RunTask on; the pauses between them are 10, 20, 40 and then 60 s.
    expect(times).toEqual([0, 30, 70, 130, 210, 290, 370, 450, 530, 610].map((seconds) => expect.closeTo(seconds, 0)));
  });

  it('are placed again at once where that helps, and no longer than placing may take', async () => {
    const clock = new ManualClock();
    const { fleet, times } = stoppingFleet(clock, 'now');
    const reaching = reachWorker(await placing({ clock, fleet }), new AbortController().signal);
    reaching.catch(() => undefined);
    await clock.advance(4 * LIMIT_MS);
    await expect(reaching).rejects.toBeInstanceOf(NoWorker);
    expect(times).toHaveLength(LIMIT_MS / (START_MS + LIFE_MS));
  });
});

describe('a worker that can not be recorded', () => {
  it('is let go: its connection does not stay', async () => {
    const clock = new ManualClock();
    const session = new CountedSession();
    let isStoreAway = false;
    const connect = (): ConnectOutcome => {
      isStoreAway = true;
      return { kind: 'connected', session, hostKey: 'key' };
    };
    const { fleet } = stoppingFleet(clock, 'now');
    const leave = new AbortController();
    const reaching = reachWorker(await placing({ clock, fleet, connect, isStoreAway: () => isStoreAway }), leave.signal);
    reaching.catch(() => undefined);
    await clock.advance(START_MS + 1000);
    expect(session.closed).toBe(0);
    leave.abort(new Error('handed over'));
    await expect(reaching).rejects.toThrow('handed over');
    expect(session.closed).toBe(1);
  });
});

describe('the time for placing', () => {
  it('passes while there is no worker, over all of them', async () => {
    const clock = new ManualClock();
    const time = new PlacingTime(LIMIT_MS, clock);
    for (const _worker of [1, 2]) {
      using passing = time.run();
      void passing;
      await clock.advance(LIMIT_MS / 2 - 1000);
      expect(time.isOver).toBe(false);
    }
    await clock.advance(LIMIT_MS);
    expect([time.isOver, time.connectingMs]).toEqual([false, 120_000]);
    using passing = time.run();
    void passing;
    await clock.advance(2000);
    expect([time.isOver, time.connectingMs]).toEqual([true, 120_000]);
  });

  it('leaves a worker that has an address all of it where it is short', () => {
    expect(new PlacingTime(1000, new ManualClock()).connectingMs).toBe(1000);
  });
});
