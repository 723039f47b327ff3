import { notImplemented, S3Error } from './s3-error.ts';
import type { StoredObject } from './stored-object.ts';

/**
 * Throws unless a write may replace (or delete) what is there now: `If-None-Match: *` wants nothing there, `If-Match` this very ETag, or
 * anything at all with `*` (deletes only). Source: Amazon S3 user guide, "How to prevent object overwrites with conditional writes",
 * "How to perform conditional deletes".
 */
export function checkWriteCondition(headers: ReadonlyMap<string, string>, current: StoredObject | undefined): void {
  const ifNoneMatch = headers.get('if-none-match');
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw notImplemented('If-None-Match with an ETag on a write');
  if (ifNoneMatch !== undefined && current) throw preconditionFailed('If-None-Match');
  const ifMatch = headers.get('if-match');
  if (ifMatch === undefined) return;
  if (!current) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
  if (ifMatch !== '*' && bare(ifMatch) !== bare(current.etag)) throw preconditionFailed('If-Match');
}

/** One of the conditions of a request did not hold. */
export function preconditionFailed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', { Condition: condition });
}

/** An ETag without its quotes: clients send both. */
export function bare(etag: string): string {
  return etag.replace(/^"(.*)"$/, '$1');
}
