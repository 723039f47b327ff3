import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ManualClock } from '@fargate-gitlab-runner/kernel';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET, refusal, type S3Rig, startS3Rig } from './s3-rig.contract.ts';

const MINUTE_MS = 60_000;
/** The emulator's clock begins where the client's is. */
const clock = new ManualClock(Math.floor(Date.now() / 1000) * 1000);
let rig: S3Rig;
beforeAll(async () => {
  rig = await startS3Rig(clock);
  await rig.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'a', Body: 'hello' }));
});
afterAll(() => rig[Symbol.asyncDispose]());
afterEach(async () => {
  clock.jump(-jumped);
  jumped = 0;
  await rig.control.denyS3([]);
  await rig.control.clearFaults();
});
let jumped = 0;
const jump = (ms: number) => {
  jumped += ms;
  clock.jump(ms);
};

const of = { Bucket: BUCKET, Key: 'a' };
const presigned = (expiresIn = 60) => getSignedUrl(rig.s3, new GetObjectCommand(of), { expiresIn, signingDate: new Date(clock.now()) });
const codeIn = async (response: Response) => `${response.status} ${/<Code>(\w+)</.exec(await response.text())?.[1] ?? 'none'}`;
const fetched = async (url: string, init?: RequestInit) => codeIn(await fetch(url, init));

describe('a signed request', () => {
  it('is known by its access key, its secret and its Region', async () => {
    const head = (client: S3Rig['s3']) => refusal(client.send(new GetObjectCommand(of)));
    expect(await head(rig.client())).toBe('none');
    expect(await head(rig.client({ secret: 'guessed' }))).toBe('403 SignatureDoesNotMatch');
    expect(await head(rig.client({ id: 'nobody' }))).toBe('403 InvalidAccessKeyId');
    expect(await head(rig.client({ region: 'eu-central-1' }))).toBe('400 AuthorizationHeaderMalformed');
  });

  it('is refused when the clocks are more than a quarter of an hour apart', async () => {
    jump(14 * MINUTE_MS);
    expect(await refusal(rig.client().send(new GetObjectCommand(of)))).toBe('none');
    jump(3 * MINUTE_MS);
    expect(await refusal(rig.client().send(new GetObjectCommand(of)))).toBe('403 RequestTimeTooSkewed');
  });

  it('is refused without a signature, for reading and for writing', async () => {
    expect(await fetched(`${rig.url}/${BUCKET}/a`)).toBe('403 AccessDenied');
    expect(await fetched(`${rig.url}/${BUCKET}/a`, { method: 'PUT', body: 'x' })).toBe('403 AccessDenied');
  });
});

describe('a presigned URL', () => {
  it('lets whoever has it read, and write what it says', async () => {
    expect(await (await fetch(await presigned())).text()).toBe('hello');
    const url = await getSignedUrl(rig.s3, new PutObjectCommand({ Bucket: BUCKET, Key: 'up' }), { expiresIn: 60 });
    expect((await fetch(url, { method: 'PUT', body: 'from outside' })).status).toBe(200);
    expect((await rig.control.s3Objects(BUCKET, 'up'))[0]?.text).toBe('from outside');
  });

  it('is good for its own key, method and query only', async () => {
    const url = await presigned();
    expect(await fetched(url.replace('/a?', '/b?'))).toBe('403 SignatureDoesNotMatch');
    expect(await fetched(url, { method: 'DELETE' })).toBe('403 SignatureDoesNotMatch');
    expect(await fetched(`${url}&response-content-type=text%2Fhtml`)).toBe('403 SignatureDoesNotMatch');
    expect(await fetched(url.replace(/X-Amz-Expires=60/, 'X-Amz-Expires=6000'))).toBe('403 SignatureDoesNotMatch');
    expect(await fetched(url, { headers: { 'x-amz-meta-who': 'me' } })).toBe('403 AccessDenied');
  });

  it('expires', async () => {
    const url = await presigned(60);
    jump(59_000);
    expect(await fetched(url)).toBe('200 none');
    jump(5000);
    expect(await fetched(url)).toBe('403 AccessDenied');
  });

  it('holds its own signature against a wrong secret, and its parts must all be there', async () => {
    const url = await getSignedUrl(rig.client({ secret: 'guessed' }), new GetObjectCommand(of), { expiresIn: 60 });
    expect(await fetched(url)).toBe('403 SignatureDoesNotMatch');
    expect(await fetched((await presigned()).replace(/X-Amz-Date=\w+&/, ''))).toBe('400 AuthorizationQueryParametersError');
  });
});

describe('policies, faults and the log', () => {
  it('deny an action, for some keys and for one access key', async () => {
    await rig.control.denyS3([{ action: 's3:PutObject', keyPrefix: 'a', accessKey: 'them' }, { action: 's3:ListBucket' }]);
    const them = rig.client({ id: 'them', secret: 'other' });
    expect(await refusal(them.send(new PutObjectCommand({ ...of, Body: 'x' })))).toBe('403 AccessDenied');
    expect(await refusal(them.send(new PutObjectCommand({ ...of, Key: 'b', Body: 'x' })))).toBe('none');
    expect(await refusal(rig.s3.send(new ListObjectsV2Command({ Bucket: BUCKET })))).toBe('403 AccessDenied');
  });

  it('answer with an ordered error, so many times, and nothing takes effect', async () => {
    await rig.control.failS3({ action: 'PutObject', keyPrefix: 'n', times: 2, fault: { kind: 'error', code: 'SlowDown' } });
    const write = () => refusal(rig.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'new', Body: 'x' })));
    expect([await write(), await write()]).toEqual(['503 SlowDown', '503 SlowDown']);
    expect(await rig.control.s3Objects(BUCKET, 'new')).toEqual([]);
    expect(await write()).toBe('none');
  });

  it('lose an answer after the effect, or a request before it', async () => {
    const write = (Key: string) => refusal(rig.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'x' })));
    await rig.control.failS3({ keyPrefix: 'lost', fault: { kind: 'lost answer' } });
    await rig.control.failS3({ keyPrefix: 'cut', fault: { kind: 'dropped' } });
    expect([await write('lost'), await write('cut')]).not.toContain('none');
    expect((await rig.control.s3Objects(BUCKET, 'lost')).length + (await rig.control.s3Objects(BUCKET, 'cut')).length).toBe(1);
  });

  it('write down what was asked, with key and condition, and how it ended', async () => {
    await rig.control.clearCalls();
    await refusal(rig.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'none' })));
    await refusal(rig.s3.send(new PutObjectCommand({ ...of, Body: 'x', IfNoneMatch: '*' })));
    expect(await rig.control.s3Calls()).toMatchObject([
      { action: 'HeadObject', parameters: { bucket: BUCKET, key: 'none' }, outcome: 'NoSuchKey' },
      { action: 'PutObject', parameters: { key: 'a', 'if-none-match': '*' }, outcome: 'PreconditionFailed' },
    ]);
    expect(await rig.control.s3CallCounts()).toEqual(
      new Map([
        ['HeadObject', 1],
        ['PutObject', 1],
      ]),
    );
  });
});
