import { timingSafeEqual } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { NodeSha256 } from '../s3/node-sha256.ts';
import { ServiceError } from './service-error.ts';

const MAX_SKEW_MS = 5 * 60 * 1000;

/** A request whose sender wants to be known. Header names are in lower case. */
export interface SignedRequest {
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A key that may sign: its secret, and the session token that has to come along, if it is a temporary one. */
export interface SigningKey {
  readonly secret: string;
  readonly sessionToken?: string;
}

/** Who signed, and for which Region. */
export interface ProvedCaller {
  readonly accessKey: string;
  readonly region: string;
}

/** Whose signatures are taken. `now` is milliseconds since the epoch. */
export interface CallerRules {
  readonly service: string;
  keyOf(accessKey: string): SigningKey | undefined;
  now(): number;
}

interface Claim extends ProvedCaller {
  readonly names: readonly string[];
  readonly signature: string;
  readonly date: Date;
}

/**
 * Proves that a request to `service` was signed by a key we know: the signature is computed anew by the SDK's own signer. Throws
 * ServiceError as AWS does. Source: IAM user guide, "AWS Signature Version 4 for API requests".
 */
export async function provedCaller(request: SignedRequest, rules: CallerRules): Promise<ProvedCaller> {
  const claim = claimOf(request, rules);
  const key = rules.keyOf(claim.accessKey);
  if (!key || request.headers.get('x-amz-security-token') !== key.sessionToken) {
    throw new ServiceError('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  if (!isSame(await signatureOf(request, { claim, key, service: rules.service }), claim.signature)) {
    throw invalid('The request signature we calculated does not match the signature you provided. Check your key and signing method.');
  }
  return { accessKey: claim.accessKey, region: claim.region };
}

function claimOf({ headers }: SignedRequest, rules: CallerRules): Claim {
  const authorization = headers.get('authorization');
  if (authorization === undefined) throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, accessKey = '', region = '', service, signedHeaders = '', signature = ''] = form.exec(authorization) ?? [];
  const date = dateOf(headers.get('x-amz-date'));
  if (!date || service === undefined) {
    throw new ServiceError('IncompleteSignatureException', 'The request signature does not conform to AWS standards');
  }
  if (service !== rules.service) throw invalid(`Credential should be scoped to correct service: '${rules.service}'.`);
  if (Math.abs(date.getTime() - rules.now()) > MAX_SKEW_MS) throw invalid('Signature expired');
  const names = signedHeaders.split(';');
  if (!['host', 'x-amz-date', 'x-amz-target'].every((name) => names.includes(name))) throw invalid('Headers that matter are not signed');
  return { accessKey, region, names, signature, date };
}

async function signatureOf(
  { headers, path, body }: SignedRequest,
  { claim, key, service }: { readonly claim: Claim; readonly key: SigningKey; readonly service: string },
): Promise<string> {
  const credentials = { accessKeyId: claim.accessKey, secretAccessKey: key.secret };
  const signer = new SignatureV4({ service, region: claim.region, credentials, sha256: NodeSha256, applyChecksum: false });
  const { names, date } = claim;
  const { hostname } = new URL(`http://${headers.get('host') ?? 'localhost'}`);
  const given = Object.fromEntries(names.map((name) => [name, headers.get(name) ?? '']));
  const unsigned = { method: 'POST', protocol: 'http:', hostname, path, headers: given, body };
  const signed = await signer.sign(unsigned, { signingDate: date, signableHeaders: new Set(names) });
  return /Signature=([0-9a-f]{64})$/.exec(signed.headers.authorization ?? '')?.[1] ?? '';
}

function dateOf(text: string | undefined): Date | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidSignatureException', message);
}

function isSame(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
