import { S3Error } from './s3-error.ts';

const KEPT = ['content-type', 'cache-control', 'content-disposition', 'content-encoding', 'content-language', 'expires'];
const ENCRYPTION = [
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-bucket-key-enabled',
];
/** Source: Amazon S3 user guide, "Working with object metadata": user-defined metadata in a PUT request. */
const METADATA_BYTES = 2048;

/** The headers of an upload that come back with the object. */
export function objectHeaders(headers: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const metadata = [...headers].filter(([name]) => name.startsWith('x-amz-meta-'));
  const size = metadata.reduce((sum, [name, value]) => sum + name.length - 'x-amz-meta-'.length + Buffer.byteLength(value), 0);
  if (size > METADATA_BYTES) throw new S3Error('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size');
  const kept = [...headers].filter(([name]) => KEPT.includes(name) || ENCRYPTION.includes(name)).map(withoutChunking);
  return new Map([['content-type', 'binary/octet-stream'], ...kept.filter(([, value]) => value !== ''), ...metadata]);
}

/** Whether these headers ask for a KMS key: then the ETag is not the MD5 of the body. */
export function isKmsEncrypted(headers: ReadonlyMap<string, string>): boolean {
  return headers.get('x-amz-server-side-encryption') === 'aws:kms';
}

/** The encryption headers of an object, which come back with a write too. */
export function encryptionHeaders(headers: ReadonlyMap<string, string>): [string, string][] {
  return [...headers].filter(([name]) => ENCRYPTION.includes(name));
}

/** aws-chunked is about the way, not about the object. */
function withoutChunking([name, value]: [string, string]): [string, string] {
  if (name !== 'content-encoding') return [name, value];
  const encodings = value.split(',').map((encoding) => encoding.trim());
  return [name, encodings.filter((encoding) => encoding !== 'aws-chunked').join(',')];
}
