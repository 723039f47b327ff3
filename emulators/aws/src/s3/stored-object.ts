/** One object as the bucket keeps it. Bodies stay in memory, or in the folder of the bucket. */
export interface StoredObject {
  readonly key: string;
  readonly body: Buffer;
  /** In quotes, as it travels. */
  readonly etag: string;
  /** Milliseconds since the epoch; S3 shows whole seconds. */
  readonly lastModified: number;
  /** Headers that come back with the object: content-type, cache-control, x-amz-meta-... and such, names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Checksums of the whole object that were sent along, by header name. */
  readonly checksums: ReadonlyMap<string, string>;
}
