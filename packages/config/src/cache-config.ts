/** Where the caches of jobs live: a bucket. */
export interface CacheConfig {
  readonly bucket: string;
  /** Of the bucket. */
  readonly region: string;
  /** Every object's name begins with it: empty, or with a slash at its end. */
  readonly prefix: string;
  /** Whether the runners have their caches in common, instead of each its own. */
  readonly isShared: boolean;
  /** Another address than AWS's own: the emulator's. */
  readonly endpoint?: string;
  /** `local`: fixed credentials without worth; the endpoint is then on a loopback address. */
  readonly credentials: 'ambient' | 'local';
}
