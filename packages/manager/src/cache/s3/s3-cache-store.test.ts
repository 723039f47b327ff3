import { startAwsEmulator } from '@fargate-gitlab-runner/emulator-aws';
import { ManualClock, seededRandom } from '@fargate-gitlab-runner/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CacheLink } from '../../shell/cache/cache-links.ts';
import { objectKey } from '../object-key.ts';
import { S3CacheStore } from './s3-cache-store.ts';

const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' };
const place = { shortToken: 'abcdefghi', projectId: '7', key: 'npm/é ✓-protected' };

let url: string;
let clock: ManualClock;
let close: () => Promise<void>;
beforeAll(async () => {
  clock = new ManualClock(Date.now());
  const options = { region: 'eu-west-1', worker: { kind: 'none' as const }, s3: { buckets: ['cache'] } };
  ({ url, close } = await startAwsEmulator(options, { clock, random: seededRandom(1) }));
});
afterAll(() => close());

const store = (of: { readonly region?: string; readonly isShared?: boolean } = {}) =>
  new S3CacheStore({ bucket: 'cache', prefix: 'ci/', region: 'eu-west-1', isShared: false, endpoint: url, credentials: LOCAL, ...of });

const headersOf = ({ headers }: CacheLink) => Object.fromEntries(headers.map(([name, value]) => [name, value]));
const put = (link: CacheLink, headers = headersOf(link)) => fetch(link.url, { method: 'PUT', body: 'archive', headers });

describe('objectKey', () => {
  it('54. is what the object of GitLab runners is called, shared or not', () => {
    const own = { shortToken: 'abcdefghi', projectId: '7', key: 'a/b' };
    expect(objectKey(own, { prefix: '', isShared: false })).toBe('runner/abcdefghi/project/7/a/b');
    expect(objectKey(own, { prefix: 'x/y/', isShared: true })).toBe('x/y/project/7/a/b');
  });
});

describe('a link to a cache', () => {
  it('58. writes one object with its headers, leaves its encryption to the bucket, and reads it', async () => {
    const write = await store().link(place, { direction: 'write', lifeS: 60 });
    const asked = [...write.headers.map(([name]) => name), ...new URL(write.url).searchParams.keys()];
    expect(asked.filter((name) => /encryption/i.test(name))).toEqual([]);
    expect((await put(write)).status).toBe(200);
    const read = await store().link(place, { direction: 'read', lifeS: 60 });
    const answer = await fetch(read.url);
    expect([answer.status, await answer.text(), answer.headers.get('x-amz-meta-cachekey')]).toEqual([
      200,
      'archive',
      'npm/%C3%A9%20%E2%9C%93-protected',
    ]);
    expect(decodeURIComponent(new URL(read.url).pathname)).toBe('/cache/ci/runner/abcdefghi/project/7/npm/é ✓-protected');
  });

  it('does nothing else: no other object, no other verb, no other headers', async () => {
    const write = await store().link(place, { direction: 'write', lifeS: 60 });
    const read = await store().link(place, { direction: 'read', lifeS: 60 });
    const elsewhere = { ...write, url: write.url.replace('/project/7/', '/project/8/') };
    expect((await put(elsewhere)).status).toBe(403);
    expect((await put({ ...read, headers: [] })).status).toBe(403);
    expect((await put(write, { 'x-amz-meta-cachekey': 'another' })).status).toBe(403);
    expect((await fetch(write.url)).status).toBe(403);
  });

  it('works as long as was asked, at least a minute, at most a week', async () => {
    // Links are signed by the wall clock; the emulator's goes on from here by hand.
    await clock.advance(Date.now() - clock.now());
    const lives = await Promise.all(
      [-5, 90.2, 10_000_000].map((lifeS) => store().link({ ...place, key: 'never' }, { direction: 'read', lifeS })),
    );
    expect(lives.map((link) => new URL(link.url).searchParams.get('X-Amz-Expires'))).toEqual(['60', '91', '604800']);
    const statuses = async () => Promise.all(lives.map(async (link) => (await fetch(link.url)).status));
    expect(await statuses()).toEqual([404, 404, 404]);
    await clock.advance(75_000);
    expect(await statuses()).toEqual([403, 404, 404]);
  });

  it('to a bucket in another region than was said is refused by S3', async () => {
    const read = await store({ region: 'eu-west-3' }).link(place, { direction: 'read', lifeS: 600 });
    expect(await (await fetch(read.url)).text()).toMatch(/AuthorizationHeaderMalformed.*expecting .*eu-west-1/);
  });
});
