import { createHash } from 'node:crypto';
import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import { isKmsEncrypted } from './object-headers.ts';
import type { ObjectFolder } from './object-folder.ts';
import { S3Error } from './s3-error.ts';
import type { StoredObject } from './stored-object.ts';
import { Uploads } from './uploads.ts';
import { checkWriteCondition } from './write-condition.ts';

const LONGEST_KEY_BYTES = 1024;

/** What a write brings along. */
export interface ObjectInput {
  readonly key: string;
  readonly body: Buffer;
  readonly headers: ReadonlyMap<string, string>;
  readonly checksums: ReadonlyMap<string, string>;
  /** The ETag where it isn't made of the body: multipart uploads. */
  readonly etag?: string;
}

/** One bucket: strongly consistent, without versions. The request's headers carry the condition of a write. */
export class Bucket {
  readonly name: string;
  readonly uploads: Uploads;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #folder: ObjectFolder | undefined;
  readonly #objects = new Map<string, StoredObject>();

  /** With a folder, objects are kept there, and those that are there already are in the bucket. */
  constructor(name: string, tools: { readonly clock: Clock; readonly random: Random }, folder?: ObjectFolder) {
    this.name = name;
    this.#clock = tools.clock;
    this.#random = tools.random;
    this.uploads = new Uploads(tools.random);
    this.#folder = folder;
    for (const object of folder?.load() ?? []) this.#objects.set(object.key, object);
  }

  /** The object, or S3Error NoSuchKey. */
  get(key: string): StoredObject {
    const object = this.#objects.get(key);
    if (!object) throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: key });
    return object;
  }

  /** Writes the object if the condition in `conditions` allows. */
  put(input: ObjectInput, conditions: ReadonlyMap<string, string>): StoredObject {
    if (Buffer.byteLength(input.key) > LONGEST_KEY_BYTES) throw new S3Error('KeyTooLongError', 'Your key is too long');
    checkWriteCondition(conditions, this.#objects.get(input.key));
    const { key, body, headers, checksums } = input;
    const object = { key, body, headers, checksums, etag: `"${this.#etagOf(input)}"`, lastModified: this.#clock.now() };
    this.#objects.set(key, this.#folder?.keep(object) ?? object);
    return object;
  }

  /** Deletes the object if the condition in `conditions` allows; one that isn't there is deleted already. */
  delete(key: string, conditions: ReadonlyMap<string, string>): void {
    checkWriteCondition(conditions, this.#objects.get(key));
    this.#objects.delete(key);
    this.#folder?.remove(key);
  }

  /** All objects by key, in the order in which S3 lists them: that of the bytes of UTF-8. */
  sorted(): readonly StoredObject[] {
    return [...this.#objects.values()].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  /** Source: Amazon S3 API reference, "Object": with SSE-KMS an ETag is not the MD5 digest of the data. */
  #etagOf(input: ObjectInput): string {
    if (input.etag !== undefined) return input.etag;
    return isKmsEncrypted(input.headers) ? this.#random.hex(16) : createHash('md5').update(input.body).digest('hex');
  }
}
