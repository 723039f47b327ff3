import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { notImplemented, S3Error } from './s3-error.ts';

const PREFIX = 'x-amz-checksum-';
/** Names with the prefix that are no checksums. */
const WORDS = ['x-amz-checksum-algorithm', 'x-amz-checksum-mode', 'x-amz-checksum-type'];

/**
 * The checksums among these headers (or trailers), each proved right. Throws S3Error BadDigest for a wrong one, NotImplemented for an
 * algorithm that this emulator doesn't have (crc32c, crc64nvme). Source: Amazon S3 user guide, "Checking object integrity".
 */
export function provedChecksums(headers: ReadonlyMap<string, string>, body: Buffer): ReadonlyMap<string, string> {
  const found = new Map([...headers].filter(([name]) => name.startsWith(PREFIX) && !WORDS.includes(name)));
  for (const [name, value] of found) {
    const algorithm = name.slice(PREFIX.length);
    if (value !== checksumOf(algorithm, body)) {
      throw new S3Error('BadDigest', `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`);
    }
  }
  return found;
}

/** Throws unless the body is what Content-MD5 says, when it says something. */
export function checkContentMd5(headers: ReadonlyMap<string, string>, body: Buffer): void {
  const claimed = headers.get('content-md5');
  if (claimed === undefined) return;
  if (!/^[A-Za-z0-9+/]{22}==$/.test(claimed)) throw new S3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.');
  if (claimed !== createHash('md5').update(body).digest('base64')) {
    throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
}

function checksumOf(algorithm: string, body: Buffer): string {
  switch (algorithm) {
    case 'crc32': {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(crc32(body));
      return bytes.toString('base64');
    }
    case 'sha1':
    case 'sha256':
      return createHash(algorithm).update(body).digest('base64');
    default:
      throw notImplemented(`x-amz-checksum-${algorithm}`);
  }
}
