import { describe, expect, it } from 'vitest';
import { sampleRecord } from '../store/sample-record.test-double.ts';
import { admitJob } from './admission.ts';
import { flowRig, jobPayload } from './flow-rig.test-double.ts';
import { RunnerHealth } from './runner-health.ts';

function onlyRunner({ runners }: ReturnType<typeof flowRig>) {
  const [runner] = runners;
  if (!runner) throw new Error('the rig has no runner');
  return runner;
}

describe('flow under trouble', () => {
  it('a store that never answers: the job is failed within 10 seconds', async () => {
    const rig = flowRig();
    const runner = onlyRunner(rig);
    rig.store.create = () => new Promise(() => undefined);
    void admitJob(rig.tools, { runner, job: jobPayload('1'), slot: rig.slots.force('dev') });
    await rig.clock.advance(60_000);
    expect(rig.coordinator.updates.length).toBe(1);
  });
  it('one runner alone may ask long questions, whatever the concurrency', async () => {
    const rig = flowRig({ concurrency: 1, runners: { dev: 1 } });
    await rig.ownership.beat();
    rig.polling.start();
    await rig.clock.advance(0);
    expect(rig.coordinator.questions.map((q) => q.isLongPoll)).toEqual([true]);
  });
  it('as many slots as runners: all long', async () => {
    const rig = flowRig({ concurrency: 3, runners: { a: 1, b: 1, c: 1 } });
    await rig.ownership.beat();
    rig.polling.start();
    await rig.clock.advance(0);
    expect(rig.coordinator.questions.map((q) => q.isLongPoll)).toEqual([true, true, true]);
  });
  it('a placement that succeeds does not end the rest of a refused token', () => {
    const health = new RunnerHealth(() => 0, { limit: 3, restMs: 1000 });
    for (let n = 0; n < 3; n++) health.refused();
    health.placed();
    expect(health.restMs).toBe(1000);
  });
  it('a job that can not even be made a record of is failed', async () => {
    const rig = flowRig();
    const runner = onlyRunner(rig);
    const tools = {
      ...rig.tools,
      makeClientKey: () => {
        throw new Error('no entropy');
      },
    };
    await admitJob(tools, { runner, job: jobPayload('1'), slot: rig.slots.force('dev') }).catch(() => undefined);
    expect(rig.coordinator.updates.length).toBe(1);
  });
  it('a drive that ends while the store is listed is not begun again from the old record', async () => {
    const rig = flowRig();
    await rig.store.create(sampleRecord({ jobId: '1', runner: 'dev', owner: 'us' }));
    await rig.adoption.look();
    const list = rig.store.list.bind(rig.store);
    rig.store.list = async () => {
      const listed = await list();
      const found = await rig.store.read('1');
      if (found) await rig.store.replace({ ...found.record, phase: 'done' }, found.version);
      rig.drives.end('1');
      await rig.clock.advance(0);
      return listed;
    };
    await rig.adoption.look();
    expect(rig.drives.begun).toEqual(['1']);
  });
  it('a store that records nothing does not eat the queue', async () => {
    const rig = flowRig({ concurrency: 1, runners: { dev: 1 } });
    await rig.ownership.beat();
    const end = new AbortController();
    void rig.ownership.keepBeating(end.signal);
    rig.store.create = () => Promise.reject(new Error('quota'));
    let n = 0;
    rig.coordinator.answer = () => ({ kind: 'job', job: jobPayload(String(n++)) });
    rig.polling.start();
    await rig.clock.advance(60_000);
    expect([n, rig.coordinator.updates.map(({ job }) => job)]).toEqual([1, ['0']]);
    await rig.clock.advance(60_000);
    expect([n, rig.coordinator.updates.map(({ job }) => job)]).toEqual([2, ['0', '1']]);
    end.abort();
  });
  it('a claim that throws keeps no other job waiting', async () => {
    const rig = flowRig();
    for (const jobId of ['1', '2']) await rig.store.create(sampleRecord({ jobId, runner: 'dev', owner: 'left' }));
    await rig.store.beat('left', { released: true });
    const replace = rig.store.replace.bind(rig.store);
    rig.store.replace = (record, version) => (record.jobId === '1' ? Promise.reject(new Error('EIO')) : replace(record, version));
    await rig.adoption.look();
    expect(rig.drives.begun).toEqual(['2']);
  });
});
