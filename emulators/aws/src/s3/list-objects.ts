import type { Bucket } from './bucket.ts';
import { type S3Answer, xmlAnswer } from './s3-answer.ts';
import { invalidArgument, notImplemented } from './s3-error.ts';
import type { S3Query, S3Request } from './s3-request.ts';
import { s3Xml } from './s3-xml.ts';
import type { StoredObject } from './stored-object.ts';

const MOST_KEYS = 1000;

type Entry =
  | { readonly kind: 'object'; readonly name: string; readonly object: StoredObject }
  | { readonly kind: 'prefix'; readonly name: string };

/** ListObjectsV2: prefix, delimiter, start-after, continuation, at most 1000 keys a page, encoding-type url. */
export function listObjects(bucket: Bucket, { query }: S3Request): S3Answer {
  if (query.get('list-type') !== '2') throw notImplemented('ListObjects of the first version');
  const maxKeys = maxKeysOf(query.get('max-keys'));
  const token = query.get('continuation-token');
  const after = token === undefined ? (query.get('start-after') ?? '') : nameOf(token);
  const entries = entriesOf(bucket, query).filter(({ name }) => isAfter(name, after));
  const page = entries.slice(0, maxKeys);
  const isTruncated = maxKeys > 0 && entries.length > page.length;
  const encode = encoderOf(query);
  return xmlAnswer(
    s3Xml('ListBucketResult', {
      Name: bucket.name,
      Prefix: encode(query.get('prefix') ?? ''),
      Delimiter: query.has('delimiter') ? encode(query.get('delimiter') ?? '') : undefined,
      EncodingType: query.get('encoding-type'),
      StartAfter: query.has('start-after') ? encode(query.get('start-after') ?? '') : undefined,
      ContinuationToken: token,
      NextContinuationToken: isTruncated ? tokenOf(page.at(-1)?.name ?? '') : undefined,
      KeyCount: page.length,
      MaxKeys: maxKeys,
      IsTruncated: isTruncated,
      Contents: page.flatMap((entry) => (entry.kind === 'object' ? [contentsOf(entry.object, encode)] : [])),
      CommonPrefixes: page.flatMap((entry) => (entry.kind === 'prefix' ? [{ Prefix: encode(entry.name) }] : [])),
    }),
  );
}

/** Objects and rolled-up prefixes, each once, in order. */
function entriesOf(bucket: Bucket, query: S3Query): Entry[] {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const entries = new Map<string, Entry>();
  for (const object of bucket.sorted()) {
    if (!object.key.startsWith(prefix)) continue;
    const at = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    const rolled = object.key.slice(0, at + delimiter.length);
    if (at < 0) entries.set(object.key, { kind: 'object', name: object.key, object });
    else entries.set(rolled, { kind: 'prefix', name: rolled });
  }
  return [...entries.values()];
}

function contentsOf(object: StoredObject, encode: (text: string) => string) {
  return {
    Key: encode(object.key),
    LastModified: new Date(object.lastModified).toISOString(),
    ETag: object.etag,
    Size: object.body.length,
    StorageClass: 'STANDARD',
  };
}

function maxKeysOf(text: string | undefined): number {
  if (text === undefined) return MOST_KEYS;
  if (!/^\d+$/.test(text)) throw invalidArgument('Provided max-keys not an integer or within integer range');
  return Math.min(Number(text), MOST_KEYS);
}

function isAfter(name: string, after: string): boolean {
  return after === '' || Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0;
}

/** Opaque to clients. */
function tokenOf(name: string): string {
  return `1${Buffer.from(name).toString('base64url')}`;
}

function nameOf(token: string): string {
  if (!/^1[\w-]+$/.test(token)) throw invalidArgument('The continuation token provided is incorrect');
  return Buffer.from(token.slice(1), 'base64url').toString('utf8');
}

function encoderOf(query: S3Query): (text: string) => string {
  const type = query.get('encoding-type');
  if (type !== undefined && type !== 'url') throw invalidArgument('Invalid Encoding Method specified in Request');
  return type === 'url' ? (text) => encodeURIComponent(text).replaceAll('%2F', '/') : (text) => text;
}
