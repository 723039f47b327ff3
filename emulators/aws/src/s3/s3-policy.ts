import type { Fields } from '../json-fields.ts';

/** What a policy denies: an action such as `s3:PutObject` (`*`: every one), for keys that begin like this, to one access key or to all. */
export interface S3Denial {
  readonly action: string;
  readonly keyPrefix?: string;
  readonly accessKey?: string;
}

/** What the bucket policies deny; everything else is allowed. */
export class S3Policy {
  #denials: readonly S3Denial[] = [];

  /** Takes the place of what was denied before. */
  set(denials: readonly S3Denial[]): void {
    this.#denials = denials;
  }

  isAllowed(of: { readonly permission: string; readonly key: string; readonly accessKey: string }): boolean {
    return !this.#denials.some(
      ({ action, keyPrefix = '', accessKey = of.accessKey }) =>
        (action === '*' || action === of.permission) && of.key.startsWith(keyPrefix) && accessKey === of.accessKey,
    );
  }
}

/** Reads a denial. Throws FieldError. */
export function s3DenialOf(fields: Fields): S3Denial {
  const keyPrefix = fields.optionalString('keyPrefix');
  const accessKey = fields.optionalString('accessKey');
  return {
    action: fields.string('action'),
    ...(keyPrefix !== undefined && { keyPrefix }),
    ...(accessKey !== undefined && { accessKey }),
  };
}
