import { createHash } from 'node:crypto';
import { checkContentMd5, provedChecksums } from './checksums.ts';
import { notImplemented, S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';

/** The bytes of an upload, proved whole, with the checksums that proved it. */
export interface UploadedBody {
  readonly bytes: Buffer;
  readonly checksums: ReadonlyMap<string, string>;
}

const STREAMING = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

/**
 * What a request uploads: as it is, or in the chunks of aws-chunked with a trailer of checksums. Throws S3Error when a hash, a checksum,
 * Content-MD5 or a length is not that of the body. Signed chunks are refused as not implemented.
 */
export function uploadedBody(request: S3Request): UploadedBody {
  const payload = request.headers.get('x-amz-content-sha256') ?? '';
  if (payload.startsWith('STREAMING-') && payload !== STREAMING) throw notImplemented(payload);
  const { bytes, trailers } = payload === STREAMING ? dechunked(request) : { bytes: request.body, trailers: new Map<string, string>() };
  if (/^[0-9a-f]{64}$/.test(payload) && payload !== createHash('sha256').update(bytes).digest('hex')) {
    throw new S3Error('XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
  checkContentMd5(request.headers, bytes);
  return { bytes, checksums: provedChecksums(new Map([...request.headers, ...trailers]), bytes) };
}

/** Chunks are `<hex length>\r\n<bytes>\r\n`, the last one of length 0; trailers follow as `name:value\r\n`. */
function dechunked(request: S3Request): { bytes: Buffer; trailers: ReadonlyMap<string, string> } {
  const { body } = request;
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at);
    const length = Number.parseInt(body.toString('latin1', at, Math.max(at, lineEnd)), 16);
    if (lineEnd < 0 || Number.isNaN(length)) throw incomplete();
    at = lineEnd + 2;
    if (length === 0) break;
    if (at + length + 2 > body.length) throw incomplete();
    pieces.push(body.subarray(at, at + length));
    at += length + 2;
  }
  const bytes = Buffer.concat(pieces);
  if (Number(request.headers.get('x-amz-decoded-content-length')) !== bytes.length) throw incomplete();
  return { bytes, trailers: trailersOf(body.toString('latin1', at)) };
}

function trailersOf(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
}

function incomplete(): S3Error {
  return new S3Error('IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header');
}
