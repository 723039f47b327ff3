import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AwsEmulatorProcess } from '@fargate-gitlab-runner/emulator-aws';

/** Where the managers of a rig keep their records. */
export type RigStoreKind = 'directory' | 's3';

/** The bucket of a rig's records. */
export const RECORDS_BUCKET = 'job-records';
const PREFIX = 'e2e/';
const REGION = 'eu-west-1';

/** The records of a rig's managers as they lie in their store, whichever it is. */
export class RigRecords {
  readonly kind: RigStoreKind;
  readonly #folder: string;
  readonly #aws: AwsEmulatorProcess;
  readonly #endpoint: string;

  /** @param of.endpoint where managers reach S3 */
  constructor(kind: RigStoreKind, of: { readonly folder: string; readonly aws: AwsEmulatorProcess; readonly endpoint: string }) {
    this.kind = kind;
    this.#folder = join(of.folder, 'store');
    this.#aws = of.aws;
    this.#endpoint = of.endpoint;
  }

  /** Where records in S3 lie. */
  get bucket() {
    return { bucket: RECORDS_BUCKET, prefix: PREFIX, region: REGION };
  }

  /** The `store` section of the managers' configuration. */
  get config(): object {
    if (this.kind === 'directory') return { kind: 'directory', path: this.#folder };
    return { kind: 's3', bucket: RECORDS_BUCKET, prefix: PREFIX, region: REGION, endpoint: this.#endpoint, credentials: 'local' };
  }

  /** The text of a job's record or tombstone; rejects while there is none. */
  async textOf(jobId: string): Promise<string> {
    return this.kind === 'directory' ? this.#inFolder(jobId) : this.#inBucket(jobId);
  }

  async #inFolder(jobId: string): Promise<string> {
    const folder = join(this.#folder, 'jobs', jobId);
    const versions = (await readdir(folder)).map((file) => Number.parseInt(file, 10));
    return readFile(join(folder, `${Math.max(...versions)}.json`), 'utf8');
  }

  async #inBucket(jobId: string): Promise<string> {
    const keys = [`${PREFIX}jobs/${jobId}`, `${PREFIX}done/${jobId}`];
    const found = (await this.#aws.control.s3Objects(RECORDS_BUCKET, PREFIX)).find(({ key }) => keys.includes(key));
    if (!found) throw new Error(`there is no record of job ${jobId}`);
    return found.text;
  }
}
