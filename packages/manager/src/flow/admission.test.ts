import { describe, expect, it } from 'vitest';
import type { JobStore } from '../store/job-store.ts';
import { sampleRecord } from '../store/sample-record.test-double.ts';
import { admitJob, failUnrecorded } from './admission.ts';
import { flowRig, jobPayload } from './flow-rig.test-double.ts';

function rig() {
  const flow = flowRig();
  const slot = flow.slots.force('dev');
  const [runner] = flow.runners;
  if (!runner) throw new Error('the rig has no runner');
  const payload = jobPayload('9007199254740993');
  return {
    ...flow,
    slot,
    runner,
    payload,
    admit: (job = payload, leave?: AbortSignal) => admitJob(flow.tools, { runner, job, slot }, leave),
  };
}

/** Lets the store fail `times` times before it works. */
function failing(store: JobStore, times: number): void {
  const create = store.create.bind(store);
  let left = times;
  store.create = async (record) => {
    if (left-- > 0) throw new Error('no space left');
    return create(record);
  };
}

describe('a job that GitLab hands out', () => {
  it('is recorded, then driven, and keeps its slot', async () => {
    const { admit, store, drives, slots, told, payload } = rig();
    const create = store.create.bind(store);
    store.create = (record) => {
      expect(drives.begun).toEqual([]);
      return create(record);
    };
    await admit();
    expect(drives.of(payload.id).job).toEqual(await store.read(payload.id));
    expect(slots.held('dev')).toBe(1);
    expect(told('job.accepted')).toEqual([{ name: 'job.accepted', jobId: payload.id, runner: 'dev', timeoutS: 3600 }]);
  });

  it('is recorded with everything that a successor needs', async () => {
    const { admit, store, payload, clock } = rig();
    await admit();
    const record = (await store.read(payload.id))?.record;
    expect(record).toMatchObject({
      jobId: '9007199254740993',
      runner: 'dev',
      deployment: 'dev',
      owner: 'us',
      generation: 1,
      acceptedAt: clock.now(),
      deadlineAt: clock.now() + 3_600_000,
      publicKey: 'ssh-ed25519 AAAA',
      placements: [],
      stages: [],
      chunks: [],
      phase: 'driving',
    });
    expect(record?.jobToken.reveal()).toBe(payload.token);
    expect(record?.clientKey.reveal()).toBe('private half');
    expect(record?.nonce.reveal()).toMatch(/^[0-9a-f]{48}$/);
  });

  it('gets a nonce of its own', async () => {
    const { admit, store } = rig();
    await admit(jobPayload('1'));
    await admit(jobPayload('2'));
    const nonces = (await store.list()).records.map(({ record }) => record.nonce.reveal());
    expect(new Set(nonces).size).toBe(2);
  });

  it.each([undefined, 0])('has two hours when GitLab names the timeout %s', async (timeout) => {
    const { admit, store, payload, clock } = rig();
    await admit({ ...payload, runner_info: { timeout } });
    expect((await store.read(payload.id))?.record.deadlineAt).toBe(clock.now() + 7_200_000);
  });

  it('is recorded when the store works again in time', async () => {
    const { admit, store, drives, clock, payload, coordinator } = rig();
    failing(store, 10);
    const admission = admit();
    await clock.advance(5000);
    await admission;
    expect([drives.begun, coordinator.updates]).toEqual([[payload.id], []]);
  });

  it('is failed for the runner system, and not driven, when it can not be recorded within 10 seconds', async () => {
    const { admit, store, drives, slots, clock, payload, coordinator, told } = rig();
    failing(store, Number.POSITIVE_INFINITY);
    const admission = admit();
    await clock.advance(10_000);
    await admission;
    expect(coordinator.updates).toEqual([
      {
        job: payload.id,
        token: payload.token,
        update: { state: 'failed', failureReason: 'runner_system_failure', output: { checksum: 0, bytesize: 0 } },
      },
    ]);
    expect([drives.begun, slots.held()]).toEqual([[], 0]);
    expect(told('store.failed')).toMatchObject([{ operation: `recording job ${payload.id}`, cause: 'Error: no space left' }]);
  });

  it('is recorded once when a write threw but had arrived', async () => {
    const { admit, store, drives, clock, payload } = rig();
    const create = store.create.bind(store);
    let tries = 0;
    store.create = async (record) => {
      const outcome = await create(record);
      if (tries++ === 0) throw new Error('timed out');
      return outcome;
    };
    const admission = admit();
    await clock.advance(1000);
    await admission;
    expect([drives.begun, tries]).toEqual([[payload.id], 2]);
  });

  it('is not failed when a write that was given up has arrived for all that: its record is driven', async () => {
    const { admit, store, drives, slots, clock, payload, coordinator, adoption } = rig();
    const create = store.create.bind(store);
    store.create = async (record) => {
      await create(record);
      return new Promise(() => undefined);
    };
    const admission = admit();
    await clock.advance(10_000);
    expect(await admission).toBe(true);
    expect([coordinator.updates, slots.held()]).toEqual([[], 0]);
    await adoption.look();
    expect(drives.begun).toEqual([payload.id]);
  });

  it('is not failed when it is driven here already and the store can not be read', async () => {
    const { admit, store, drives, clock, payload, coordinator, adoption } = rig();
    const create = store.create.bind(store);
    store.create = async (record) => {
      await create(record);
      return new Promise(() => undefined);
    };
    const admission = admit();
    await clock.advance(1000);
    await adoption.look();
    store.read = () => new Promise(() => undefined);
    await clock.advance(9000);
    await admission;
    expect([drives.begun, coordinator.updates]).toEqual([[payload.id], []]);
  });

  it('is left to its successor when the store says only minutes later that a write had arrived', async () => {
    const { admit, store, slots, clock, payload, coordinator } = rig();
    const [create, read] = [store.create.bind(store), store.read.bind(store)];
    store.create = async (record) => {
      await create({ ...record, owner: 'successor', generation: 2 });
      return new Promise(() => undefined);
    };
    store.read = () => new Promise(() => undefined);
    const admission = admit();
    await clock.advance(200_000);
    store.read = read;
    await clock.advance(4000);
    expect([await admission, coordinator.updates, slots.held()]).toEqual([true, [], 0]);
    expect((await store.read(payload.id))?.record.owner).toBe('successor');
    expect(clock.sleeping).toBe(0);
  });

  it.each([
    ['hangs', () => new Promise<never>(() => undefined)],
    ['fails', () => Promise.reject(new Error('away'))],
  ])('is failed as soon as a store that %s says that it has no record', async (_what, silence) => {
    const { admit, store, clock, coordinator } = rig();
    const read = store.read.bind(store);
    store.create = silence;
    store.read = silence;
    const admission = admit();
    await clock.advance(200_000);
    expect(coordinator.updates).toEqual([]);
    store.read = read;
    await clock.advance(4000);
    expect(await admission).toBe(false);
    expect(coordinator.updates).toMatchObject([{ update: { state: 'failed', failureReason: 'runner_system_failure' } }]);
  });

  it.each([
    ['for five minutes', 310_000, undefined],
    ['until its manager leaves', 20_000, 20_000],
  ])('is failed when nobody can say %s whether it is recorded', async (_what, afterMs, leaveAfterMs) => {
    const { admit, store, clock, coordinator } = rig();
    store.create = () => new Promise(() => undefined);
    store.read = () => new Promise(() => undefined);
    const leave = new AbortController();
    const admission = admit(undefined, leave.signal);
    await clock.advance(afterMs - 1);
    expect(coordinator.updates).toEqual([]);
    if (leaveAfterMs) leave.abort();
    await clock.advance(4000);
    expect(await admission).toBe(false);
    expect(coordinator.updates).toMatchObject([{ update: { state: 'failed', failureReason: 'runner_system_failure' } }]);
    expect(clock.sleeping).toBe(0);
  });

  it('is left to whoever has it when it is recorded already', async () => {
    const { admit, store, drives, slots, coordinator, payload } = rig();
    await store.create(sampleRecord({ jobId: payload.id, owner: 'rival' }));
    await admit();
    expect([drives.begun, slots.held(), coordinator.updates]).toEqual([[], 0, []]);
    expect((await store.read(payload.id))?.record.owner).toBe('rival');
  });
});

describe('the report of a job that can not be taken', () => {
  it('ends after 10 seconds when GitLab does not answer', async () => {
    const { tools, coordinator, clock, payload, slot } = rig();
    slot.release();
    coordinator.onUpdate = (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    let isOver = false;
    const report = failUnrecorded(tools, { id: payload.id, token: tools.makeClientKey().clientKey }).then(() => {
      isOver = true;
    });
    await clock.advance(9999);
    expect(isOver).toBe(false);
    await clock.advance(1);
    await report;
    expect(clock.sleeping).toBe(0);
  });

  it('leaves no timer behind when GitLab answers', async () => {
    const { tools, clock, payload } = rig();
    await failUnrecorded(tools, { id: payload.id, token: tools.makeClientKey().clientKey });
    expect(clock.sleeping).toBe(0);
  });
});
