import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BUCKET, refusal, type S3Rig, startS3Rig } from './s3-rig.contract.ts';

let rig: S3Rig;
beforeAll(async () => {
  rig = await startS3Rig();
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(() => rig.control.createBucket(BUCKET));

const put = (Key: string, Body: NonNullable<PutObjectCommandInput['Body']>, more: Partial<PutObjectCommandInput> = {}) =>
  rig.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ...more }));
const get = (Key: string, more: object = {}) => rig.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key, ...more }));
const text = async (Key: string, more: object = {}) => (await get(Key, more)).Body?.transformToString();

describe('objects', () => {
  it('come back as they were put, with their headers, metadata and MD5 for an ETag', async () => {
    const put1 = await put('a/b c+ü.txt', 'hello', { ContentType: 'text/plain', Metadata: { who: 'me' }, CacheControl: 'no-store' });
    const md5 = createHash('md5').update('hello').digest('hex');
    expect(put1.ETag).toBe(`"${md5}"`);
    const got = await get('a/b c+ü.txt');
    expect(await got.Body?.transformToString()).toBe('hello');
    expect(got).toMatchObject({ ETag: `"${md5}"`, ContentType: 'text/plain', CacheControl: 'no-store', Metadata: { who: 'me' } });
    const head = await rig.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'a/b c+ü.txt' }));
    expect([head.ContentLength, head.ETag]).toEqual([5, `"${md5}"`]);
  });

  it('take a stream, in chunks with a checksum behind them', async () => {
    await put('stream', Readable.from([Buffer.from('one '), Buffer.from('two')]), { ContentLength: 7 });
    expect(await text('stream', { ChecksumMode: 'ENABLED' })).toBe('one two');
    expect((await get('stream')).ContentEncoding).toBeUndefined();
  });

  it('are not taken with a checksum, an MD5 or a length that is not theirs', async () => {
    expect(await refusal(put('a', 'x', { ChecksumCRC32: 'AAAAAA==' }))).toBe('400 BadDigest');
    expect(await refusal(put('a', 'x', { ChecksumSHA256: createHash('sha256').update('y').digest('base64') }))).toBe('400 BadDigest');
    expect(await refusal(put('a', 'x', { ContentMD5: createHash('md5').update('y').digest('base64') }))).toBe('400 BadDigest');
    expect(await refusal(put('a', 'x', { ContentMD5: 'nonsense' }))).toBe('400 InvalidDigest');
    expect(await refusal(get('a'))).toBe('404 NoSuchKey');
  });

  it('have no MD5 for an ETag under a KMS key, and say which key it was', async () => {
    const sse = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'alias/records', BucketKeyEnabled: true } as const;
    const first = await put('a', 'x', sse);
    const second = await put('a', 'x', sse);
    expect(first.ETag).not.toBe(second.ETag);
    expect(second).toMatchObject(sse);
    expect(await get('a')).toMatchObject(sse);
  });

  it.each([
    ['bytes=0-1', 'he', 'bytes 0-1/5'],
    ['bytes=3-', 'lo', 'bytes 3-4/5'],
    ['bytes=-2', 'lo', 'bytes 3-4/5'],
    ['bytes=1-99', 'ello', 'bytes 1-4/5'],
    ['lines=1-2', 'hello', undefined],
  ])('give the range %s', async (Range, body, where) => {
    await put('a', 'hello');
    const got = await get('a', { Range });
    expect([await got.Body?.transformToString(), got.ContentRange]).toEqual([body, where]);
  });

  it('refuse a range beyond their end', async () => {
    await put('a', 'hello');
    expect(await refusal(get('a', { Range: 'bytes=5-' }))).toBe('416 InvalidRange');
  });

  it('are read under conditions', async () => {
    const { ETag } = await put('a', 'hello');
    expect(await refusal(get('a', { IfNoneMatch: ETag }))).toMatch(/^304/);
    expect(await refusal(get('a', { IfMatch: '"0"' }))).toBe('412 PreconditionFailed');
    expect(await text('a', { IfMatch: ETag })).toBe('hello');
  });

  it('are gone when they were deleted, one or many', async () => {
    for (const key of ['a', 'b', 'c']) await put(key, key);
    await rig.s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'a' }));
    await rig.s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'a' }));
    const Objects = [{ Key: 'b' }, { Key: 'c', ETag: '"0"' }, { Key: 'never' }];
    const { Deleted, Errors } = await rig.s3.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects } }));
    expect([Deleted?.map(({ Key }) => Key), Errors?.map(({ Key, Code }) => `${Key} ${Code}`)]).toEqual([
      ['b', 'never'],
      ['c PreconditionFailed'],
    ]);
    expect((await rig.control.s3Objects(BUCKET)).map(({ key }) => key)).toEqual(['c']);
  });

  it('are refused in a bucket that is not there, and where the emulator would have to pretend', async () => {
    expect(await refusal(rig.s3.send(new PutObjectCommand({ Bucket: 'nowhere', Key: 'a', Body: '' })))).toBe('404 NoSuchBucket');
    expect(await refusal(rig.s3.send(new HeadBucketCommand({ Bucket: 'nowhere' })))).toMatch(/^404/);
    expect(await refusal(put('a', 'x', { IfNoneMatch: '"etag"' }))).toBe('501 NotImplemented');
    expect(await refusal(put('x'.repeat(1025), 'x'))).toBe('400 KeyTooLongError');
    expect(await refusal(put('a', 'x', { Metadata: { long: 'x'.repeat(2048) } }))).toBe('400 MetadataTooLarge');
  });
});

describe('conditional writes', () => {
  it('make an object only where there is none', async () => {
    await put('a', '1', { IfNoneMatch: '*' });
    expect(await refusal(put('a', '2', { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
    expect(await text('a')).toBe('1');
  });

  it('replace and delete only what was seen', async () => {
    const { ETag } = await put('a', '1');
    const second = await put('a', '2', { IfMatch: ETag });
    expect(await refusal(put('a', '3', { IfMatch: ETag }))).toBe('412 PreconditionFailed');
    const remove = (IfMatch?: string) => rig.s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'a', IfMatch }));
    expect(await refusal(remove(ETag))).toBe('412 PreconditionFailed');
    await remove(second.ETag);
    expect(await refusal(put('a', '4', { IfMatch: second.ETag }))).toBe('404 NoSuchKey');
    expect(await refusal(remove(second.ETag))).toBe('404 NoSuchKey');
  });

  it('let one of many win at the same time', async () => {
    const tries = Array.from({ length: 8 }, (_, at) => refusal(put('race', String(at), { IfNoneMatch: '*' })));
    expect((await Promise.all(tries)).filter((outcome) => outcome === 'none')).toHaveLength(1);
  });
});

describe('lists', () => {
  const list = (more: object = {}) => rig.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, ...more }));

  it('name each key once and in order, whatever the size of their pages', async () => {
    const keys = fc.uniqueArray(fc.stringMatching(/^[a-c/ü&<]{1,6}$/), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(keys, fc.integer({ min: 1, max: 5 }), fc.constantFrom('', 'a', 'b/'), async (names, MaxKeys, Prefix) => {
        await rig.control.createBucket(BUCKET);
        for (const name of names) await put(name, name);
        const found: string[] = [];
        let ContinuationToken: string | undefined;
        do {
          const page = await list({ MaxKeys, Prefix, ContinuationToken });
          found.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
          ContinuationToken = page.NextContinuationToken;
        } while (ContinuationToken !== undefined);
        const wanted = names.filter((name) => name.startsWith(Prefix));
        expect(found).toEqual(wanted.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
      { numRuns: 15, seed: 5 },
    );
  });

  it('roll up what lies below a delimiter, and start after a key', async () => {
    for (const key of ['a/1', 'a/2', 'b', 'c/1']) await put(key, key);
    const page = await list({ Delimiter: '/' });
    expect([page.Contents?.map(({ Key }) => Key), page.CommonPrefixes?.map(({ Prefix }) => Prefix)]).toEqual([['b'], ['a/', 'c/']]);
    expect((await list({ StartAfter: 'a/2' })).Contents?.map(({ Key }) => Key)).toEqual(['b', 'c/1']);
    expect(page).toMatchObject({ KeyCount: 3, IsTruncated: false });
  });

  it('refuse a token that they did not give', async () => {
    expect(await refusal(list({ ContinuationToken: 'mine' }))).toBe('400 InvalidArgument');
  });
});

describe('multipart uploads', () => {
  const of = { Bucket: BUCKET, Key: 'big' };
  const begin = async () => (await rig.s3.send(new CreateMultipartUploadCommand({ ...of, ContentType: 'application/zip' }))).UploadId ?? '';
  const upload = (UploadId: string, PartNumber: number, Body: Buffer) =>
    rig.s3.send(new UploadPartCommand({ ...of, UploadId, PartNumber, Body }));
  const complete = (UploadId: string, Parts: { PartNumber: number; ETag: string | undefined }[], more: object = {}) =>
    rig.s3.send(new CompleteMultipartUploadCommand({ ...of, UploadId, MultipartUpload: { Parts }, ...more }));
  const FIVE_MIB = Buffer.alloc(5 * 1024 * 1024, 'a');

  it('put their parts together, under an ETag that tells how many there were', async () => {
    const id = await begin();
    const [one, two] = [await upload(id, 1, FIVE_MIB), await upload(id, 2, Buffer.from('end'))];
    const listed = await rig.s3.send(new ListPartsCommand({ ...of, UploadId: id }));
    expect(listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, FIVE_MIB.length],
      [2, 3],
    ]);
    const done = await complete(id, [
      { PartNumber: 1, ETag: one.ETag },
      { PartNumber: 2, ETag: two.ETag },
    ]);
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    const got = await get('big', { Range: `bytes=${FIVE_MIB.length - 1}-` });
    expect([await got.Body?.transformToString(), got.ContentType]).toEqual(['aend', 'application/zip']);
    expect(await refusal(complete(id, [{ PartNumber: 1, ETag: one.ETag }]))).toBe('404 NoSuchUpload');
  });

  it('refuse parts that are unknown, out of order or too small, and a condition that does not hold', async () => {
    const id = await begin();
    const [one, two] = [await upload(id, 1, Buffer.from('a')), await upload(id, 2, Buffer.from('b'))];
    const parts = [
      { PartNumber: 1, ETag: one.ETag },
      { PartNumber: 2, ETag: two.ETag },
    ];
    expect(await refusal(complete(id, parts))).toBe('400 EntityTooSmall');
    expect(await refusal(complete(id, parts.toReversed()))).toBe('400 InvalidPartOrder');
    expect(await refusal(complete(id, [{ PartNumber: 3, ETag: one.ETag }]))).toBe('400 InvalidPart');
    await put('big', 'there');
    expect(await refusal(complete(id, parts.slice(0, 1), { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
  });

  it('leave nothing when they are aborted', async () => {
    const id = await begin();
    await upload(id, 1, Buffer.from('a'));
    await rig.s3.send(new AbortMultipartUploadCommand({ ...of, UploadId: id }));
    expect(await refusal(upload(id, 2, Buffer.from('b')))).toBe('404 NoSuchUpload');
    expect(await rig.control.s3Objects(BUCKET)).toEqual([]);
  });
});
