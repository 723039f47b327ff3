import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CacheCarrier } from '../../cache/cache-carrier.ts';
import type { CacheStore } from '../../cache/cache-store.ts';
import { S3CacheCarrier } from '../../cache/s3/s3-cache-carrier.ts';
import { CacheRig } from '../../shell/cache/cache-rig.contract.ts';
import { JobRig } from '../job-rig.test-double.ts';

let s3: CacheRig;
let rig: JobRig;
beforeAll(async () => {
  s3 = await CacheRig.start();
  rig = await JobRig.start({}, { cache: s3.store(), cacheCarrier: new S3CacheCarrier() });
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await s3[Symbol.asyncDispose]();
});

describe.each(['slim', 'busybox'] as const)('the cache of a worker without curl (%s)', (worker) => {
  it('goes through the manager, both ways, and its links are in no log', { timeout: 60_000 }, async () => {
    const cache = [{ key: `relayed-${worker}`, paths: ['deps'] }];
    const make = "mkdir deps && head -c 300000 /dev/urandom > deps/big && cp deps/big deps/copy && ln -s big 'deps/a link'";
    const look = 'cmp deps/big deps/copy && test "$(stat -c %s deps/big)" -eq 300000 && test -L "deps/a link"';
    const first = await rig.run({ worker, cache, script: [make] });
    const second = await rig.run({ worker, cache, script: [look] });
    expect([first.job.status, second.job.status], `${first.text}\n${second.text}`).toEqual(['success', 'success']);
    expect(first.text).toMatch(/WARNING: file does not exist\nWARNING: Failed to extract cache\n/);
    expect(first.text).toMatch(/Uploading cache\.zip to \S+ through the manager\nCreated cache\n/);
    expect(second.text).toMatch(/Downloading cache from \S+ through the manager\nSuccessfully extracted cache\n/);
    expect(`${first.text}${second.text}`).not.toContain('X-Amz');
  });

  it('is done without when S3 refuses or is away', { timeout: 60_000 }, async () => {
    const cache = [{ key: `refused-${worker}`, paths: ['f'] }];
    await s3.control.denyS3([{ action: 's3:GetObject' }]);
    await s3.control.failS3({ action: 'PutObject', fault: { kind: 'dropped' }, times: 3 });
    const { job, text } = await rig.run({ worker, cache, script: ['echo x > f'] });
    await s3.control.denyS3([]);
    expect(job.status, text).toBe('success');
    expect(text).toMatch(/WARNING: the cache can not be had: 403 AccessDenied: .*\nWARNING: Failed to extract cache\n/);
    expect(text).toMatch(/WARNING: the cache can not be stored: .+\nWARNING: Failed to create cache\n/);
  });
});

describe('links that can not be signed', { timeout: 60_000 }, () => {
  const cache = [{ key: 'signed', paths: ['f'] }];
  const away: CacheStore = { link: () => Promise.reject(new Error('no credentials')) };

  it('a second time keep no stage waiting: its script and its relay have the same', async () => {
    const store = s3.store();
    const signed = new Set<string>();
    const once: CacheStore = {
      link: (place, wish) => {
        if (signed.has(wish.direction)) return away.link(place, wish);
        signed.add(wish.direction);
        return store.link(place, wish);
      },
    };
    const found = await rig.take({ cache, script: ['echo x > f'] });
    await rig.drive(found, 'slim', { cache: once });
    const { job, text } = await rig.ended(found.record.jobId);
    expect(job.status, text).toBe('success');
    expect(text).toMatch(/Uploading cache\.zip to \S+ through the manager\nCreated cache\n/);
  });

  it('by a successor: the stage that its predecessor has begun is told so, and goes on', async () => {
    const killed = new AbortController();
    const carrier = new S3CacheCarrier();
    const dying: CacheCarrier = {
      read: (link, take, signal) => carrier.read(link, take, signal),
      write: (_link, _archive, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          killed.abort(new Error('killed'));
        }),
    };
    const { record, version } = await rig.take({ cache, script: ['echo x > f'] });
    expect(await rig.drive({ record, version }, 'slim', { leave: killed.signal, cacheCarrier: dying })).toBe('left');
    await rig.drive(await rig.claimed(record.jobId), 'slim', { cache: away });
    const { job, text } = await rig.ended(record.jobId);
    expect(job.status, text).toBe('success');
    expect(text).toMatch(/WARNING: the cache can not be reached: no credentials\nWARNING: Failed to create cache\n/);
  });
});
