import { ManualClock } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { type CallFate, faultyStore } from '../store/faulty-job-store.test-double.ts';
import { MemoryJobStore } from '../store/memory-job-store.test-double.ts';
import { sampleRecord } from '../store/sample-record.test-double.ts';
import { Fenced, RecordedJob } from './recorded-job.ts';

const never = new AbortController().signal;

/** A job whose store does with each write what `fates` says, and then as it should. */
async function recorded(...fates: CallFate[]) {
  return recordedWith(fates, []);
}

/** The same, with fates of reads as well. */
async function recordedWith(fates: CallFate[], ofReads: CallFate[]) {
  const clock = new ManualClock();
  const store = new MemoryJobStore(clock);
  const record = sampleRecord({ jobId: '1', owner: 'us', generation: 1 });
  const outcome = await store.create(record);
  if (outcome.kind !== 'created') throw new Error('the record exists');
  const faulty = faultyStore(store, {
    fate: (operation) => (operation === 'replace' ? fates.shift() : operation === 'read' ? ofReads.shift() : undefined) ?? 'done',
    wait: async () => undefined,
  });
  return { clock, store, job: new RecordedJob({ record, version: outcome.version }, { store: faulty, clock }) };
}

describe('RecordedJob', () => {
  it('goes on from a change that was given up in an outage and stored all the same', async () => {
    const { store, job } = await recorded('after');
    const impatient = new AbortController();
    const given = job.change(() => ({ deadlineAt: 1 }), impatient.signal);
    await Promise.resolve();
    impatient.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    await job.change((record) => ({ deadlineAt: record.deadlineAt + 1 }), never);
    expect((await store.read('1'))?.record.deadlineAt).toBe(2);
  });

  it('asks again who has written where the store does not say at first', async () => {
    const { clock, store, job } = await recordedWith(['after'], ['before', 'before']);
    const impatient = new AbortController();
    const given = job.change(() => ({ deadlineAt: 1 }), impatient.signal);
    await Promise.resolve();
    impatient.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    const changed = job.change((record) => ({ deadlineAt: record.deadlineAt + 1 }), never);
    changed.catch(() => undefined);
    await clock.advance(10_000);
    await changed;
    expect((await store.read('1'))?.record.deadlineAt).toBe(2);
  });

  it('is fenced by another owner, also after a change of which nobody knows whether it was stored', async () => {
    const { store, job } = await recorded('before');
    const impatient = new AbortController();
    const given = job.change(() => ({ deadlineAt: 1 }), impatient.signal);
    await Promise.resolve();
    impatient.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    const found = await store.read('1');
    if (!found) throw new Error('the record is gone');
    await store.replace({ ...found.record, owner: 'another', generation: 2 }, found.version);
    await expect(job.change(() => ({ deadlineAt: 3 }), never)).rejects.toBeInstanceOf(Fenced);
    expect((await store.read('1'))?.record).toMatchObject({ owner: 'another', deadlineAt: found.record.deadlineAt });
  });
});
