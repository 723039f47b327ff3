import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { type Clock, deadlineSignal, type Random } from '@fargate-gitlab-runner/kernel';
import { S3Failure } from './s3-failure.ts';

/** Where the objects lie and how S3 is reached. */
export interface S3ObjectsOptions {
  readonly bucket: string;
  /** What every key begins with: empty, or with a slash at its end. */
  readonly prefix: string;
  readonly region: string;
  /** KMS key for SSE-KMS; the bucket's own encryption when absent. */
  readonly kmsKey?: string;
  /** Another address than AWS's own: the emulator's, in path style. */
  readonly endpoint?: string;
  /** Fixed credentials, for the emulator. The SDK's usual sources when absent. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly clock: Clock;
  readonly random: Random;
  /** How long one try may take, in milliseconds; 3000 when absent. */
  readonly timeoutMs?: number;
  /** Objects that one request lists; 1000, S3's most, when absent. */
  readonly pageSize?: number;
}

/** What a write wants to find: nothing at all, or the object with this ETag. Without a condition it replaces whatever is there. */
export interface WriteCondition {
  readonly ifMatch?: string;
  readonly ifAbsent?: boolean;
}

/** An object in a list. `name` is its key without prefix and folder. */
export interface ListedObject {
  readonly name: string;
  readonly etag: string;
  /** Milliseconds since the epoch, by S3's clock. */
  readonly modifiedAt: number;
}

const TRIES = 3;
const FIRST_PAUSE_MS = 100;
const SOCKETS = 64;

/**
 * The objects of one bucket through the AWS SDK: the only file that knows its client. A transient failure is tried again a few times, each
 * try with a deadline of its own; every operation may be repeated, because a write has a condition, or is the same whenever it comes.
 * All methods throw S3Failure.
 */
export class S3Objects {
  readonly #options: S3ObjectsOptions;
  readonly #client: S3Client;

  constructor(options: S3ObjectsOptions) {
    const { endpoint, credentials, region } = options;
    const agent = { keepAlive: true, maxSockets: SOCKETS };
    this.#options = options;
    this.#client = new S3Client({
      region,
      maxAttempts: 1,
      requestHandler: { httpAgent: agent, httpsAgent: agent },
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
      ...(credentials && { credentials }),
    });
  }

  /** The object's text and ETag, or undefined when there is none. */
  async get(key: string): Promise<{ readonly text: string; readonly etag: string } | undefined> {
    return unlessAbsent(
      this.#tried('GetObject', async (abortSignal) => {
        const { Body, ETag = '' } = await this.#client.send(new GetObjectCommand(this.#at(key)), { abortSignal });
        return { text: (await Body?.transformToString()) ?? '', etag: ETag };
      }),
    );
  }

  /** Whether there is such an object. */
  async has(key: string): Promise<boolean> {
    const found = this.#tried('HeadObject', (abortSignal) => this.#client.send(new HeadObjectCommand(this.#at(key)), { abortSignal }));
    return (await unlessAbsent(found)) !== undefined;
  }

  /** Writes the object; returns its ETag. A condition that does not hold is an S3Failure of kind `refused` or `absent`. */
  async put(key: string, text: string, condition: WriteCondition = {}): Promise<string> {
    const input: PutObjectCommandInput = {
      ...this.#at(key),
      Body: text,
      ContentType: 'application/json',
      ...(condition.ifMatch !== undefined && { IfMatch: condition.ifMatch }),
      ...(condition.ifAbsent && { IfNoneMatch: '*' }),
      ...this.#encryption(),
    };
    const put = await this.#tried('PutObject', (abortSignal) => this.#client.send(new PutObjectCommand(input), { abortSignal }));
    return put.ETag ?? '';
  }

  /** Deletes the object, if it is still the one with this ETag when one is given. Returns whether it is gone by this call or before. */
  async delete(key: string, etag?: string): Promise<boolean> {
    const command = new DeleteObjectCommand({ ...this.#at(key), ...(etag !== undefined && { IfMatch: etag }) });
    try {
      await this.#tried('DeleteObject', (abortSignal) => this.#client.send(command, { abortSignal }));
      return true;
    } catch (error) {
      if (error instanceof S3Failure && error.kind === 'absent') return true;
      if (error instanceof S3Failure && error.kind === 'refused') return false;
      throw error;
    }
  }

  /** Every object of a folder (`jobs/`), a page a request, one request after the other. */
  async list(folder: string): Promise<ListedObject[]> {
    const { bucket, prefix, pageSize = 1000 } = this.#options;
    const listed: ListedObject[] = [];
    let token: string | undefined;
    do {
      const input = {
        Bucket: bucket,
        Prefix: prefix + folder,
        MaxKeys: pageSize,
        ...(token !== undefined && { ContinuationToken: token }),
      };
      const page = await this.#tried('ListObjectsV2', (abortSignal) => this.#client.send(new ListObjectsV2Command(input), { abortSignal }));
      for (const { Key = '', ETag = '', LastModified } of page.Contents ?? [])
        listed.push({ name: Key.slice(input.Prefix.length), etag: ETag, modifiedAt: LastModified?.getTime() ?? 0 });
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return listed;
  }

  /** Ends idle connections. */
  close(): void {
    this.#client.destroy();
  }

  #at(key: string) {
    return { Bucket: this.#options.bucket, Key: this.#options.prefix + key };
  }

  #encryption() {
    const { kmsKey } = this.#options;
    return kmsKey === undefined ? {} : { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: kmsKey, BucketKeyEnabled: true };
  }

  async #tried<T>(operation: string, send: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, random, timeoutMs = 3000 } = this.#options;
    for (let attempt = 1; ; attempt++) {
      using deadline = deadlineSignal(clock, timeoutMs);
      try {
        return await send(deadline.signal);
      } catch (error) {
        const failure = new S3Failure(operation, deadline.signal.aborted ? deadline.signal.reason : error);
        if (failure.kind !== 'transient' || attempt === TRIES) throw failure;
      }
      await clock.sleep(FIRST_PAUSE_MS * 2 ** attempt * random.fraction());
    }
  }
}

async function unlessAbsent<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (error instanceof S3Failure && error.kind === 'absent') return undefined;
    throw error;
  }
}
