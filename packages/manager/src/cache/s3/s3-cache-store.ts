import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { CacheLink } from '../../shell/cache/cache-links.ts';
import type { CachePlace, CacheStore, LinkWish } from '../cache-store.ts';
import { objectKey } from '../object-key.ts';

/** Where caches lie and how S3 is reached. */
export interface S3CacheOptions {
  readonly bucket: string;
  /** What every object's name begins with: empty, or with a slash at its end. */
  readonly prefix: string;
  /** Of the bucket. */
  readonly region: string;
  /** Whether all runners have the same caches. */
  readonly isShared: boolean;
  /** Another address than AWS's own: the emulator's, in path style. */
  readonly endpoint?: string;
  /** Fixed credentials, for the emulator. The SDK's usual sources when absent. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The most and the least that a presigned URL may live. Source: Amazon S3 user guide, "Authenticating Requests: Using Query Parameters". */
const LONGEST_S = 604_800;
const SHORTEST_S = 60;

/**
 * Caches in S3 by presigned URLs: a worker needs no permissions of its own, and a link is good for one object only. It is signed by the
 * manager's credentials: it ends with them, if they end first.
 */
export class S3CacheStore implements CacheStore {
  readonly #options: S3CacheOptions;
  readonly #client: S3Client;

  constructor(options: S3CacheOptions) {
    const { region, endpoint, credentials } = options;
    this.#options = options;
    this.#client = new S3Client({
      region,
      // Otherwise a checksum of nothing would be signed into every link for writing.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
      ...(credentials && { credentials }),
    });
  }

  async link(place: CachePlace, { direction, lifeS }: LinkWish): Promise<CacheLink> {
    const { bucket } = this.#options;
    const at = { Bucket: bucket, Key: objectKey(place, this.#options) };
    const expiresIn = Math.min(Math.max(Math.ceil(lifeS), SHORTEST_S), LONGEST_S);
    try {
      if (direction === 'read') return { url: await getSignedUrl(this.#client, new GetObjectCommand(at), { expiresIn }), headers: [] };
      const cachekey = metadataOf(place.key);
      const command = new PutObjectCommand({ ...at, Metadata: { cachekey } });
      const url = await getSignedUrl(this.#client, command, { expiresIn, unhoistableHeaders: new Set([META]) });
      return {
        url,
        headers: [
          [META, cachekey],
          ['Content-Type', 'application/octet-stream'],
        ],
      };
    } catch (error) {
      throw new Error(`no link to bucket ${bucket} could be signed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** The key for people who look at the object, as GitLab's runner writes it. */
const META = 'x-amz-meta-cachekey';
const LONGEST_METADATA = 1024;

/** Headers are ASCII: what is not is percent-encoded, and so is the percent sign. */
function metadataOf(key: string): string {
  return encodeURI(key.replaceAll(/\p{C}/gu, '?')).slice(0, LONGEST_METADATA);
}
