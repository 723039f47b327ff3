import { createHash } from 'node:crypto';
import type { Random } from '@fargate-gitlab-runner/kernel';
import { S3Error } from './s3-error.ts';

/** Source: Amazon S3 user guide, "Multipart upload limits". */
const LEAST_PART_BYTES = 5 * 1024 * 1024;
const MOST_PARTS = 10_000;

/** A multipart upload under way. */
interface Upload {
  readonly key: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly parts: Map<number, { readonly body: Buffer; readonly etag: string }>;
}

/** A part as the completing request names it. */
export interface NamedPart {
  readonly number: number;
  /** With or without quotes. */
  readonly etag: string;
}

/** The multipart uploads of a bucket. */
export class Uploads {
  readonly #random: Random;
  readonly #uploads = new Map<string, Upload>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Begins one and returns its id. */
  begin(key: string, headers: ReadonlyMap<string, string>): string {
    const id = this.#random.hex(16);
    this.#uploads.set(id, { key, headers, parts: new Map() });
    return id;
  }

  /** Keeps a part, in place of an earlier one of that number. Returns its ETag. */
  putPart(of: { readonly id: string; readonly key: string; readonly number: number }, body: Buffer): string {
    const upload = this.#find(of.id, of.key);
    if (!Number.isInteger(of.number) || of.number < 1 || of.number > MOST_PARTS) {
      throw new S3Error('InvalidArgument', `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`);
    }
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    upload.parts.set(of.number, { body, etag });
    return etag;
  }

  /** What the parts make together. The upload stays until `forget`, because the write may still be refused by its condition. */
  assembled(of: { readonly id: string; readonly key: string }, named: readonly NamedPart[]) {
    const upload = this.#find(of.id, of.key);
    if (named.some((part, at) => part.number <= (named[at - 1]?.number ?? 0))) {
      throw new S3Error('InvalidPartOrder', 'The list of parts was not in ascending order.');
    }
    const parts = named.map((part, at) => {
      const found = upload.parts.get(part.number);
      if (!found || found.etag.replaceAll('"', '') !== part.etag.replaceAll('"', '')) {
        throw new S3Error('InvalidPart', 'One or more of the specified parts could not be found.', {
          PartNumber: String(part.number),
        });
      }
      if (at < named.length - 1 && found.body.length < LEAST_PART_BYTES) {
        throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
      }
      return found;
    });
    if (parts.length === 0) throw new S3Error('MalformedXML', 'You must specify at least one part');
    const digests = Buffer.concat(parts.map((part) => Buffer.from(part.etag.replaceAll('"', ''), 'hex')));
    const etag = `${createHash('md5').update(digests).digest('hex')}-${parts.length}`;
    return { body: Buffer.concat(parts.map((part) => part.body)), headers: upload.headers, etag };
  }

  /** Its parts so far, by number. */
  parts(id: string, key: string): readonly { readonly number: number; readonly etag: string; readonly size: number }[] {
    const parts = [...this.#find(id, key).parts].sort(([a], [b]) => a - b);
    return parts.map(([number, part]) => ({ number, etag: part.etag, size: part.body.length }));
  }

  /** Ends it: completed, or aborted. */
  forget(id: string, key: string): void {
    this.#find(id, key);
    this.#uploads.delete(id);
  }

  #find(id: string, key: string): Upload {
    const upload = this.#uploads.get(id);
    if (upload?.key === key) return upload;
    throw new S3Error('NoSuchUpload', 'The specified upload does not exist. It may have been aborted or completed.', { UploadId: id });
  }
}
