import type { SecretAnswer } from '../secret-source.ts';

/** Source: API references of Secrets Manager, Systems Manager and STS, "Errors". */
const MISSING = ['ResourceNotFoundException', 'ParameterNotFound', 'ParameterVersionNotFound'];
const TRANSIENT =
  /^(Throttling\w*|TooManyRequestsException|RequestLimitExceeded|InternalServiceError|InternalServerError|InternalFailure|ServiceUnavailable\w*|IDPCommunicationError)$/;

/** What a client threw, in our words. An answer of the service that is no passing trouble is a refusal. */
export function secretFailureOf(error: unknown): SecretAnswer & { readonly kind: 'missing' | 'denied' | 'unavailable' } {
  if (!(error instanceof Error)) return { kind: 'unavailable', cause: String(error) };
  const cause = error.message === '' ? error.name : `${error.name}: ${error.message}`;
  if (MISSING.includes(error.name)) return { kind: 'missing', cause };
  const status = statusOf(error);
  const isAnswer = status !== undefined && status < 500 && status !== 429;
  // Without credentials nothing was asked; it will not be better a moment later.
  const isHopeless = error.name === 'CredentialsProviderError';
  return { kind: (isAnswer && !TRANSIENT.test(error.name)) || isHopeless ? 'denied' : 'unavailable', cause };
}

function statusOf(error: Error): number | undefined {
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
