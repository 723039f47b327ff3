import { Fields, FieldError } from '../json-fields.ts';
import type { Bucket } from './bucket.ts';
import { uploadedBody } from './request-body.ts';
import { type S3Answer, xmlAnswer } from './s3-answer.ts';
import { accessDenied, S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import { readXml, s3Xml } from './s3-xml.ts';

const MOST_KEYS = 1000;

/** DeleteObjects: up to 1000 keys, each with an ETag if its delete is conditional. One that fails keeps none of the others from going. */
export function deleteObjects(bucket: Bucket, request: S3Request, isAllowed: (key: string) => boolean): S3Answer {
  const { bytes, checksums } = uploadedBody(request);
  if (checksums.size === 0 && !request.headers.has('content-md5')) {
    throw new S3Error('InvalidRequest', 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  const { keys, isQuiet } = orderOf(bytes);
  const deleted: { readonly Key: string }[] = [];
  const errors: { readonly Key: string; readonly Code: string; readonly Message: string }[] = [];
  for (const { key, etag } of keys) {
    const error = isAllowed(key) ? deletedOrError(bucket, key, etag) : accessDenied();
    if (error) errors.push({ Key: key, Code: error.code, Message: error.message });
    else deleted.push({ Key: key });
  }
  return xmlAnswer(s3Xml('DeleteResult', { Deleted: isQuiet ? [] : deleted, Error: errors }));
}

function deletedOrError(bucket: Bucket, key: string, etag: string | undefined): S3Error | undefined {
  try {
    bucket.delete(key, new Map(etag === undefined ? [] : [['if-match', etag]]));
    return undefined;
  } catch (error) {
    if (error instanceof S3Error) return error;
    throw error;
  }
}

function orderOf(bytes: Buffer): { keys: { key: string; etag: string | undefined }[]; isQuiet: boolean } {
  try {
    const fields = Fields.of(readXml(bytes, 'Delete'));
    const keys = fields.objects('Object').map((object) => ({ key: object.string('Key'), etag: object.optionalString('ETag') }));
    if (keys.length === 0 || keys.length > MOST_KEYS) throw malformed();
    return { keys, isQuiet: fields.optionalString('Quiet') === 'true' };
  } catch (error) {
    throw error instanceof FieldError ? malformed() : error;
  }
}

function malformed(): S3Error {
  return new S3Error('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
}
