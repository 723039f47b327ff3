/** Codes of S3's errors and their HTTP status. Source: Amazon S3 API reference, "Error responses". */
const STATUS = {
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  BadDigest: 400,
  ConditionalRequestConflict: 409,
  EntityTooSmall: 400,
  ExpiredToken: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidDigest: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedXML: 400,
  MetadataTooLarge: 400,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NotImplemented: 501,
  OperationAborted: 409,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  RequestTimeout: 400,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  SlowDown: 503,
  XAmzContentSHA256Mismatch: 400,
} as const;

/** A code that this emulator can answer with. */
export type S3ErrorCode = keyof typeof STATUS;

/** An answer of S3 that is an error: `code` and message of its XML. `extra` holds further elements. */
export class S3Error extends Error {
  readonly code: S3ErrorCode;
  readonly extra: Readonly<Record<string, string>>;

  constructor(code: S3ErrorCode, message: string, extra: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'S3Error';
    this.code = code;
    this.extra = extra;
  }

  get status(): number {
    return STATUS[this.code];
  }
}

/** Whether this emulator knows the code. */
export function isS3ErrorCode(text: string): text is S3ErrorCode {
  return Object.hasOwn(STATUS, text);
}

/** A part of S3 that is not emulated, refused as S3 refuses what it doesn't have. */
export function notImplemented(what: string): S3Error {
  return new S3Error('NotImplemented', `A header or parameter you provided implies functionality that is not implemented: ${what}`);
}

/** Who asks is not allowed to. */
export function accessDenied(message = 'Access Denied'): S3Error {
  return new S3Error('AccessDenied', message);
}

/** A parameter that S3 won't take. */
export function invalidArgument(message: string): S3Error {
  return new S3Error('InvalidArgument', message);
}
