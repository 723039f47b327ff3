import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import { FieldError } from '../json-fields.ts';
import { Bucket } from './bucket.ts';
import { ObjectFolder } from './object-folder.ts';
import { S3Error } from './s3-error.ts';
import { S3Faults } from './s3-faults.ts';
import type { S3Options } from './s3-options.ts';
import { S3Policy } from './s3-policy.ts';
import type { SignatureRules } from './signature.ts';

/** Everything the emulated S3 knows: buckets, who may ask, ordered faults. */
export class S3 {
  readonly clock: Clock;
  readonly random: Random;
  readonly latencyMs: number;
  readonly rules: SignatureRules;
  readonly faults = new S3Faults();
  readonly policy = new S3Policy();
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: S3Options & { readonly region: string }, tools: { readonly clock: Clock; readonly random: Random }) {
    this.clock = tools.clock;
    this.random = tools.random;
    this.latencyMs = options.latencyMs;
    this.rules = { accessKeys: options.accessKeys, region: options.region, now: () => tools.clock.now() };
    for (const name of options.buckets) this.createBucket(name);
    for (const [name, path] of options.folders) this.createBucket(name, new ObjectFolder(path));
  }

  /** Creates a bucket, empty; throws FieldError for a name that S3 won't have. */
  createBucket(name: string, folder?: ObjectFolder): void {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) throw new FieldError('bucket', 'the name of a bucket');
    this.#buckets.set(name, new Bucket(name, this, folder));
  }

  /** A bucket by name, or S3Error NoSuchBucket. */
  bucket(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (!bucket) throw new S3Error('NoSuchBucket', 'The specified bucket does not exist', { BucketName: name });
    return bucket;
  }
}
