/** Where job records live. */
export type StoreConfig =
  /** A folder, for managers of one machine. The path is absolute. */
  { readonly kind: 'directory'; readonly path: string } | S3StoreConfig;

/** A bucket, for managers anywhere. */
export interface S3StoreConfig {
  readonly kind: 's3';
  readonly bucket: string;
  /** Every key begins with it: empty, or with a slash at its end. */
  readonly prefix: string;
  readonly region: string;
  /** ARN, id or alias of the KMS key that encrypts the records. Left out: the bucket's own encryption. */
  readonly kmsKey?: string;
  /** Another address than AWS's own: the emulator's. */
  readonly endpoint?: string;
  /** `local`: fixed credentials without worth; the endpoint is then on a loopback address. */
  readonly credentials: 'ambient' | 'local';
}
