import { EcsError } from './ecs-error.ts';

/**
 * The Region a request was signed for, from its SigV4 Authorization header. The signature itself can't be checked without the
 * caller's key; that there is one, for service `ecs`, over the headers that matter, can be.
 */
export function signedRegion(authorization: string | undefined): string {
  if (authorization === undefined) throw new EcsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const form =
    /^AWS4-HMAC-SHA256 Credential=[^/,]+\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=[0-9a-f]{64}$/;
  const [, region, service, signedHeaders] = form.exec(authorization) ?? [];
  if (region === undefined || service === undefined || signedHeaders === undefined) {
    throw new EcsError('IncompleteSignatureException', 'The request signature does not conform to AWS standards');
  }
  if (service !== 'ecs') throw new EcsError('InvalidSignatureException', "Credential should be scoped to correct service: 'ecs'.");
  for (const name of ['host', 'x-amz-date', 'x-amz-target']) {
    if (!signedHeaders.split(';').includes(name)) throw new EcsError('InvalidSignatureException', `The header ${name} must be signed.`);
  }
  return region;
}
