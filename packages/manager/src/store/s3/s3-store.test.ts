import { ManualClock } from '@fargate-gitlab-runner/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobRecord } from '../job-record.ts';
import { jobStoreContract } from '../job-store.contract.ts';
import { sampleRecord } from '../sample-record.test-double.ts';
import { type S3StoreRig, startS3StoreRig } from './s3-store-rig.contract.ts';
import type { S3Store } from './s3-store.ts';

jobStoreContract('S3', startS3StoreRig, { races: 4 });

/** More than the store tries by itself. */
const ALWAYS = 50;
let clock: ManualClock;
let rig: S3StoreRig;
let store: S3Store;
beforeEach(async () => {
  clock = new ManualClock(Math.floor(Date.now() / 1000) * 1000);
  rig = await startS3StoreRig(clock);
  store = await rig.open();
});
afterEach(() => rig[Symbol.asyncDispose]());

const record = (changes: Partial<JobRecord> = {}) => sampleRecord({ jobId: '1', ...changes });
async function created(): Promise<string> {
  const outcome = await store.create(record());
  return outcome.kind === 'created' ? outcome.version : '';
}

describe('a write whose answer is lost', () => {
  it.each([1, 2, 3])('is known again by its mark, also when %i answers are lost', async (times) => {
    await rig.control.failS3({ action: 'PutObject', fault: { kind: 'lost answer' }, times });
    const outcome = await store.create(record());
    expect(outcome.kind).toBe('created');
    await rig.control.failS3({ action: 'PutObject', fault: { kind: 'lost answer' }, times });
    const version = outcome.kind === 'created' ? outcome.version : '';
    expect(await store.replace(record({ generation: 2 }), version)).toEqual({
      kind: 'replaced',
      version: (await store.read('1'))?.version,
    });
  });

  it('is known again when it made a tombstone, wherever that lies by now', async () => {
    const version = await created();
    await rig.control.failS3({ action: 'PutObject', fault: { kind: 'lost answer' }, times: 3 });
    await rig.control.failS3({ action: 'GetObject', fault: { kind: 'error', code: 'InternalError' }, times: ALWAYS });
    await expect(store.replace(record({ phase: 'done' }), version)).rejects.toThrow('S3 GetObject');
    await rig.control.clearFaults();
    await (await rig.open()).list();
    expect([...(await rig.objects('')).keys()]).toEqual(['done/1']);
    await clock.advance(5000);
    expect((await store.replace(record({ phase: 'done' }), version)).kind).toBe('replaced');
    expect(await store.replace(record({ phase: 'done', generation: 5 }), version)).toEqual({ kind: 'gone' });
  });

  it('is a conflict when another manager wrote after it', async () => {
    const version = await created();
    await rig.control.failS3({ action: 'PutObject', fault: { kind: 'lost answer' }, times: 3 });
    await rig.control.failS3({ action: 'GetObject', fault: { kind: 'error', code: 'InternalError' }, times: ALWAYS });
    await expect(store.replace(record({ generation: 2 }), version)).rejects.toThrow('S3 GetObject');
    await rig.control.clearFaults();
    const found = await store.read('1');
    await store.replace(record({ owner: 'rival', generation: 3 }), found?.version ?? '');
    expect(await store.replace(record({ generation: 2 }), version)).toEqual({ kind: 'conflict' });
    expect((await store.read('1'))?.record.owner).toBe('rival');
  });
});

describe('a write that S3 did not take', () => {
  it.each(['SlowDown', 'InternalError', 'ConditionalRequestConflict'] as const)('with %s is no conflict', async (code) => {
    const version = await created();
    await rig.control.failS3({ action: 'PutObject', fault: { kind: 'error', code }, times: ALWAYS });
    await expect(store.replace(record({ generation: 2 }), version)).rejects.toThrow(code);
    await rig.control.clearFaults();
    expect((await store.replace(record({ generation: 2 }), version)).kind).toBe('replaced');
  });

  it('once is tried again, and nobody notices', async () => {
    await rig.control.failS3({ fault: { kind: 'error', code: 'SlowDown' }, times: 2 });
    expect((await store.create(record())).kind).toBe('created');
  });

  it('for want of an answer in time is given up, with the reason', async () => {
    const hasty = await rig.open({ timeoutMs: 40 });
    await rig.control.failS3({ action: 'HeadObject', fault: { kind: 'delay', ms: 60_000 }, times: 3 });
    await expect(hasty.create(record())).rejects.toThrow('nothing happened within 40 ms');
  });

  it('because it may not, says so at once', async () => {
    await rig.control.denyS3([{ action: 's3:PutObject' }]);
    await rig.control.clearCalls();
    await expect(store.create(record())).rejects.toThrow('S3 PutObject: AccessDenied (403)');
    expect((await rig.control.s3CallCounts()).get('PutObject')).toBe(1);
    await expect((await rig.open({ bucket: 'nowhere' })).list()).rejects.toThrow('NoSuchBucket');
  });
});

describe('tombstones', () => {
  it('lie apart from the living, and hold nothing secret', async () => {
    await store.replace(record({ phase: 'done' }), await created());
    const objects = await rig.objects('');
    expect([...objects.keys()]).toEqual(['done/1']);
    expect([...objects.values()].join()).not.toContain('in-clear');
  });

  it('stay where they are while they can not be moved, and are moved by whoever looks next', async () => {
    const version = await created();
    await rig.control.denyS3([{ action: 's3:PutObject', keyPrefix: 'dev/done/' }]);
    expect((await store.replace(record({ phase: 'done' }), version)).kind).toBe('replaced');
    expect([...(await rig.objects('')).keys()]).toEqual(['jobs/1']);
    expect([await store.read('1'), (await store.list()).records, (await store.create(record({ owner: 'o' }))).kind]).toEqual([
      undefined,
      [],
      'exists',
    ]);
    await rig.control.denyS3([]);
    await (await rig.open()).list();
    expect([...(await rig.objects('')).keys()]).toEqual(['done/1']);
  });
});

describe('a list', () => {
  it('reads only what has changed since the last one', async () => {
    for (const jobId of ['1', '2', '3']) await store.create(sampleRecord({ jobId }));
    await store.list();
    const other = await rig.open();
    const found = await other.read('2');
    if (found) await other.replace({ ...found.record, generation: 7 }, found.version);
    await rig.control.clearCalls();
    const { records } = await store.list();
    expect(records.map(({ record: { jobId, generation } }) => `${jobId} ${generation}`).sort()).toEqual(['1 1', '2 7', '3 1']);
    expect(await rig.control.s3CallCounts()).toEqual(
      new Map([
        ['ListObjectsV2', 1],
        ['GetObject', 1],
      ]),
    );
  });

  it('goes on over all pages', async () => {
    const owners = ['a', 'b', 'c', 'd', 'e'];
    for (const owner of owners) await store.beat(owner, { released: false });
    await rig.control.clearCalls();
    const leafing = await rig.open({ pageSize: 2 });
    expect((await leafing.owners()).map(({ owner }) => owner)).toEqual(owners);
    expect(await rig.control.s3CallCounts()).toEqual(new Map([['ListObjectsV2', 3]]));
  });

  it('names what is damaged, and what a stranger put there', async () => {
    const objects = await rig.raw();
    await store.create(record());
    await objects.put('jobs/2', '{"schema":1,"write":"x"}\n{');
    await objects.put('jobs/3', 'hello');
    const { records, unreadable } = await store.list();
    expect(records.length).toBe(1);
    expect(unreadable.sort((a, b) => a.jobId.localeCompare(b.jobId))).toEqual([
      { jobId: '2', cause: 'not JSON' },
      { jobId: '3', cause: 'not JSON' },
    ]);
    await expect(store.read('2')).rejects.toThrow("the record of job 2 can't be read");
  });
});

describe('versions of the program', () => {
  it('keep what a newer one has put into a record', async () => {
    const version = await created();
    const ofOurs = (await rig.objects('jobs/')).get('jobs/1') ?? '';
    const ofNewer = ofOurs.replaceAll('"schema":1,', '"schema":2,"colour":"blue",');
    await (await rig.raw()).put('jobs/1', ofNewer, { ifMatch: version });
    const found = await store.read('1');
    await store.replace({ ...(found?.record ?? record()), generation: 2 }, found?.version ?? '');
    const [, text = ''] = ((await rig.objects('jobs/')).get('jobs/1') ?? '').split('\n');
    expect(JSON.parse(text)).toMatchObject({ schema: 1, colour: 'blue', generation: 2 });
  });
});

describe('the bucket', () => {
  it('encrypts with the KMS key that is named, every object', async () => {
    const kmsKey = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const encrypting = await rig.open({ kmsKey });
    const outcome = await encrypting.create(record());
    if (outcome.kind === 'created') await encrypting.replace(record({ phase: 'done' }), outcome.version);
    await encrypting.beat('owner-1', { released: false });
    const writes = (await rig.control.s3Calls()).filter(({ action }) => action === 'PutObject');
    expect(writes.length).toBe(4);
    for (const { parameters } of writes) expect(parameters['x-amz-server-side-encryption-aws-kms-key-id']).toBe(kmsKey);
  });

  it('keeps a release although a beat from before it comes later', async () => {
    await store.beat('us', { released: false });
    await store.beat('us', { released: true });
    await store.beat('us', { released: false });
    expect((await store.owners()).map(({ released }) => released)).toEqual([true]);
  });
});
