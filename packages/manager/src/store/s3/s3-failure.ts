import { S3ServiceException } from '@aws-sdk/client-s3';

/** Errors that the next try may not meet. Source: Amazon S3 API reference, "Error responses"; AWS SDK reference, "Retry behavior". */
const TRANSIENT_CODES = ['SlowDown', 'RequestTimeout', 'RequestTimeTooSkewed', 'ThrottlingException', 'OperationAborted'];
/** Raised before anything is sent, and not cured by sending again. */
const OURS = ['CredentialsProviderError', 'TokenProviderError'];

/**
 * Why S3 did not do what it was asked. `refused`: the condition of a write did not hold, or another write was in its way. `transient`: it
 * may or may not have been done. `final`: it was not done, and asking again will not help.
 */
export class S3Failure extends Error {
  readonly kind: 'absent' | 'refused' | 'transient' | 'final';

  constructor(operation: string, cause: unknown) {
    // Not kept as the cause: it carries the whole request, signature included, into whatever prints it.
    super(`S3 ${operation}: ${sentenceOf(cause)}`);
    this.name = 'S3Failure';
    this.kind = kindOf(cause);
  }
}

function kindOf(error: unknown): S3Failure['kind'] {
  if (!(error instanceof S3ServiceException)) return error instanceof Error && OURS.includes(error.name) ? 'final' : 'transient';
  const status = error.$metadata.httpStatusCode ?? 500;
  if (status >= 500 || TRANSIENT_CODES.includes(error.name) || isClockCorrected(error, status)) return 'transient';
  if (status === 412 || status === 409) return 'refused';
  return status === 404 && error.name !== 'NoSuchBucket' ? 'absent' : 'final';
}

/** The answer to a HEAD has no code in it: that our clock was wrong, and is corrected now, is the client's own finding. */
function isClockCorrected(error: S3ServiceException, status: number): boolean {
  return status === 403 && 'clockSkewCorrected' in error.$metadata;
}

function sentenceOf(error: unknown): string {
  if (error instanceof S3ServiceException) return `${error.name} (${error.$metadata.httpStatusCode ?? 'no status'}): ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
