import type { Fields } from '../json-fields.ts';

/** What one may say about the emulated S3. */
export interface S3OptionsInput {
  /** Buckets at start; none when absent. */
  readonly buckets?: readonly string[];
  /** Folders in which buckets keep their objects beyond the end of the emulator, by bucket: those are at start too. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Secrets by access key id; `{local: 'local'}` when absent. */
  readonly accessKeys?: Readonly<Record<string, string>>;
  /** A wait before every answer, in milliseconds; 0 when absent. */
  readonly latencyMs?: number;
}

/** S3OptionsInput with every default filled in. */
export interface S3Options {
  readonly buckets: readonly string[];
  readonly folders: ReadonlyMap<string, string>;
  readonly accessKeys: ReadonlyMap<string, string>;
  readonly latencyMs: number;
}

/** Reads an S3OptionsInput. Throws FieldError. */
export function s3Options(fields: Fields | undefined): S3Options {
  const folders = fields?.optionalObject('folders');
  const keys = fields?.optionalObject('accessKeys');
  return {
    buckets: fields?.strings('buckets') ?? [],
    folders: new Map(folders ? Object.keys(folders.raw).map((bucket) => [bucket, folders.string(bucket)]) : []),
    accessKeys: new Map(keys ? Object.keys(keys.raw).map((id) => [id, keys.string(id)]) : [['local', 'local']]),
    latencyMs: fields?.optionalNumber('latencyMs') ?? 0,
  };
}
