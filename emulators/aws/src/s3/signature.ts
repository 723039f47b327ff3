import { timingSafeEqual } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { NodeSha256 } from './node-sha256.ts';
import { accessDenied, S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const MAX_SKEW_MS = 15 * 60 * 1000;
const LONGEST_EXPIRY_S = 7 * 24 * 3600;

/** Whose signatures are taken, and for which Region. */
export interface SignatureRules {
  /** Secrets by access key id. */
  readonly accessKeys: ReadonlyMap<string, string>;
  readonly region: string;
  /** Milliseconds since the epoch. */
  now(): number;
}

interface Claim {
  readonly accessKey: string;
  readonly secret: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly date: Date;
  /** Seconds; only of a presigned request. */
  readonly expires: number | undefined;
}

/**
 * Proves that the request was signed by an access key we know: in its Authorization header or, presigned, in its query. Returns the access
 * key. Throws S3Error as S3 does; the signature itself is computed anew by the SDK's own signer. Chunk signatures and Signature Version 4A
 * are not supported. Source: Amazon S3 API reference, "Authenticating Requests (AWS Signature Version 4)".
 */
export async function provedAccessKey(request: S3Request, rules: SignatureRules): Promise<string> {
  const isPresigned = request.query.has('X-Amz-Signature') || request.query.has('X-Amz-Algorithm');
  const claim = isPresigned ? presignedClaim(request, rules) : headerClaim(request, rules);
  if (!claim.signedHeaders.includes('host')) throw accessDenied('There were headers present in the request which were not signed');
  checkAmzHeadersSigned(request, claim);
  const computed = isPresigned ? await presignedSignature(request, claim, rules) : await headerSignature(request, claim, rules);
  if (!isSame(computed, claim.signature)) {
    throw new S3Error(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      { AWSAccessKeyId: claim.accessKey, SignatureProvided: claim.signature },
    );
  }
  return claim.accessKey;
}

function headerClaim(request: S3Request, rules: SignatureRules): Claim {
  const authorization = request.headers.get('authorization');
  if (authorization === undefined) throw accessDenied();
  const form = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(authorization);
  const [, credential = '', signedHeaders = '', signature = ''] = form ?? [];
  if (!form) throw malformed('the authorization header requires three components: Credential, SignedHeaders, and Signature');
  const date = dateOf(request.headers.get('x-amz-date'));
  if (!date) throw accessDenied('AWS authentication requires a valid Date or x-amz-date header');
  if (request.headers.get('x-amz-content-sha256') === undefined) {
    throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  if (Math.abs(date.getTime() - rules.now()) > MAX_SKEW_MS) {
    throw new S3Error('RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.', {
      RequestTime: date.toISOString(),
      ServerTime: new Date(rules.now()).toISOString(),
      MaxAllowedSkewMilliseconds: String(MAX_SKEW_MS),
    });
  }
  return { ...keyOf(credential, date, rules), signedHeaders: signedHeaders.split(';'), signature, date, expires: undefined };
}

function presignedClaim({ query }: S3Request, rules: SignatureRules): Claim {
  const names = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Expires', 'X-Amz-SignedHeaders', 'X-Amz-Signature'];
  if (names.some((name) => !query.get(name)) || query.get('X-Amz-Algorithm') !== ALGORITHM) {
    throw queryError(`Query-string authentication version 4 requires the ${names.join(', ')} parameters.`);
  }
  const date = dateOf(query.get('X-Amz-Date'));
  const expires = Number(query.get('X-Amz-Expires'));
  if (!date) throw queryError("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  if (!Number.isInteger(expires) || expires < 0 || expires > LONGEST_EXPIRY_S) {
    throw queryError(`X-Amz-Expires must be between 0 and ${LONGEST_EXPIRY_S} seconds`);
  }
  if (date.getTime() - rules.now() > MAX_SKEW_MS) throw accessDenied('Request is not valid yet');
  if (rules.now() > date.getTime() + expires * 1000) throw accessDenied('Request has expired');
  const signedHeaders = (query.get('X-Amz-SignedHeaders') ?? '').split(';');
  const key = keyOf(query.get('X-Amz-Credential') ?? '', date, rules);
  return { ...key, signedHeaders, signature: query.get('X-Amz-Signature') ?? '', date, expires };
}

/** The parts of a credential scope, judged. */
function keyOf(credential: string, date: Date, rules: SignatureRules): Pick<Claim, 'accessKey' | 'secret'> {
  const [accessKey = '', day, region, service, end, ...more] = credential.split('/');
  if (end !== 'aws4_request' || more.length > 0) throw malformed('the Credential is mal-formed');
  if (day !== longDate(date).slice(0, 8)) throw malformed('Invalid credential date');
  if (service !== 's3') throw malformed(`incorrect service "${service}". This endpoint belongs to "s3".`);
  if (region !== rules.region) {
    const message = `The authorization header is malformed; the region '${region}' is wrong; expecting '${rules.region}'`;
    throw new S3Error('AuthorizationHeaderMalformed', message, { Region: rules.region });
  }
  const secret = rules.accessKeys.get(accessKey);
  if (secret === undefined) {
    throw new S3Error('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', {
      AWSAccessKeyId: accessKey,
    });
  }
  return { accessKey, secret };
}

/** Every x-amz header takes part in the signature, so that nobody adds one on the way. */
function checkAmzHeadersSigned({ headers }: S3Request, claim: Claim): void {
  const isSignedElsewhere = (name: string) => claim.expires !== undefined && name === 'x-amz-content-sha256';
  const loose = [...headers.keys()].filter(
    (name) => name.startsWith('x-amz-') && !claim.signedHeaders.includes(name) && !isSignedElsewhere(name),
  );
  if (loose.length === 0) return;
  throw new S3Error('AccessDenied', 'There were headers present in the request which were not signed', {
    HeadersNotSigned: loose.join(', '),
  });
}

async function headerSignature(request: S3Request, claim: Claim, rules: SignatureRules): Promise<string> {
  const signed = await signerOf(claim, rules).sign(unsigned(request, claim), {
    signingDate: claim.date,
    signableHeaders: new Set(claim.signedHeaders),
  });
  return /Signature=([0-9a-f]{64})$/.exec(signed.headers.authorization ?? '')?.[1] ?? '';
}

async function presignedSignature(request: S3Request, claim: Claim, rules: SignatureRules): Promise<string> {
  const { headers, ...rest } = unsigned(request, claim);
  const payload = request.query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD';
  const presigned = await signerOf(claim, rules).presign(
    { ...rest, headers: { ...headers, 'x-amz-content-sha256': payload } },
    {
      signingDate: claim.date,
      expiresIn: claim.expires ?? 0,
      signableHeaders: new Set(claim.signedHeaders),
      unsignableHeaders: new Set(['x-amz-content-sha256'].filter((name) => !claim.signedHeaders.includes(name))),
      unhoistableHeaders: new Set(['x-amz-content-sha256', ...claim.signedHeaders]),
    },
  );
  const signature = presigned.query?.['X-Amz-Signature'];
  return typeof signature === 'string' ? signature : '';
}

/** The request as its sender had it before signing: the headers that were signed, the query without the signature. */
function unsigned(request: S3Request, claim: Claim) {
  const names = claim.signedHeaders.filter((name) => request.headers.has(name));
  const query = [...request.query].filter(([name]) => name !== 'X-Amz-Signature');
  const isHashed = claim.expires === undefined;
  const payload = request.headers.get('x-amz-content-sha256') ?? '';
  return {
    method: request.method,
    protocol: 'http:',
    hostname: '127.0.0.1',
    path: request.rawPath,
    query: Object.fromEntries(query),
    headers: Object.fromEntries([
      ...names.map((name) => [name, request.headers.get(name) ?? '']),
      ...(isHashed ? [['x-amz-content-sha256', payload]] : []),
    ]),
  };
}

function signerOf(claim: Claim, rules: SignatureRules): SignatureV4 {
  return new SignatureV4({
    service: 's3',
    region: rules.region,
    credentials: { accessKeyId: claim.accessKey, secretAccessKey: claim.secret },
    sha256: NodeSha256,
    uriEscapePath: false,
    applyChecksum: true,
  });
}

function dateOf(text: string | undefined): Date | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function longDate(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function isSame(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}

function malformed(message: string): S3Error {
  return new S3Error('AuthorizationHeaderMalformed', `The authorization header is malformed; ${message}`);
}

function queryError(message: string): S3Error {
  return new S3Error('AuthorizationQueryParametersError', message);
}
