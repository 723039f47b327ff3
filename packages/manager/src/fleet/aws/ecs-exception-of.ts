import { ConflictException, ECSServiceException } from '@aws-sdk/client-ecs';
import type { EcsException } from '../ecs-gateway.ts';

const THROTTLES = ['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'RequestLimitExceeded', 'SlowDown'];
/** ECS passes EC2's throttling of its own calls on as an InvalidParameterException. */
const THROTTLE_WORDS = /rate exceeded|request limit exceeded/i;
/** Raised before anything is sent. */
const NOT_SENT = ['CredentialsProviderError', 'TokenProviderError'];

/** What the client threw, in our words. An error that isn't known to have come before the call took effect is `unclear`. */
export function ecsExceptionOf(error: unknown): EcsException {
  const type = typeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const resourceIds = error instanceof ConflictException ? (error.resourceIds ?? []) : [];
  return { kind: 'exception', type, message, certainty: certaintyOf(error, type, message), resourceIds };
}

function certaintyOf(error: unknown, type: string, message: string): EcsException['certainty'] {
  if (THROTTLES.includes(type) || THROTTLE_WORDS.test(message)) return 'throttled';
  if (error instanceof ECSServiceException) {
    const status = error.$metadata.httpStatusCode ?? 500;
    return status === 429 ? 'throttled' : status >= 500 ? 'unclear' : 'refused';
  }
  return NOT_SENT.includes(type) ? 'refused' : 'unclear';
}

function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UnknownError';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
