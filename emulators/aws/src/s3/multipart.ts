import { FieldError, Fields } from '../json-fields.ts';
import type { Bucket } from './bucket.ts';
import { objectHeaders } from './object-headers.ts';
import { uploadedBody } from './request-body.ts';
import { emptyAnswer, type S3Answer, xmlAnswer } from './s3-answer.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import type { NamedPart } from './uploads.ts';
import { readXml, s3Xml } from './s3-xml.ts';

/** CreateMultipartUpload. */
export function beginUpload(bucket: Bucket, { key, headers }: S3Request): S3Answer {
  const id = bucket.uploads.begin(key, objectHeaders(headers));
  return xmlAnswer(s3Xml('InitiateMultipartUploadResult', { Bucket: bucket.name, Key: key, UploadId: id }));
}

/** UploadPart. */
export function uploadPart(bucket: Bucket, request: S3Request): S3Answer {
  const { bytes, checksums } = uploadedBody(request);
  const etag = bucket.uploads.putPart({ ...uploadOf(request), number: Number(request.query.get('partNumber')) }, bytes);
  return emptyAnswer(200, [['etag', etag], ...checksums]);
}

/** CompleteMultipartUpload; its condition is judged now, as that of any write. */
export function completeUpload(bucket: Bucket, request: S3Request): S3Answer {
  const upload = uploadOf(request);
  const assembled = bucket.uploads.assembled(upload, partsOf(uploadedBody(request).bytes));
  const object = bucket.put({ key: request.key, checksums: new Map(), ...assembled }, request.headers);
  bucket.uploads.forget(upload.id, upload.key);
  const location = `/${bucket.name}/${request.key}`;
  return xmlAnswer(
    s3Xml('CompleteMultipartUploadResult', { Location: location, Bucket: bucket.name, Key: request.key, ETag: object.etag }),
  );
}

/** AbortMultipartUpload. */
export function abortUpload(bucket: Bucket, request: S3Request): S3Answer {
  const { id, key } = uploadOf(request);
  bucket.uploads.forget(id, key);
  return emptyAnswer(204);
}

/** ListParts, all on one page. */
export function listParts(bucket: Bucket, request: S3Request): S3Answer {
  const { id, key } = uploadOf(request);
  const parts = bucket.uploads.parts(id, key).map((part) => ({ PartNumber: part.number, ETag: part.etag, Size: part.size }));
  return xmlAnswer(s3Xml('ListPartsResult', { Bucket: bucket.name, Key: key, UploadId: id, IsTruncated: false, Part: parts }));
}

function uploadOf({ query, key }: S3Request) {
  return { id: query.get('uploadId') ?? '', key };
}

function partsOf(bytes: Buffer): NamedPart[] {
  try {
    const parts = Fields.of(readXml(bytes, 'CompleteMultipartUpload')).objects('Part');
    return parts.map((part) => ({ number: Number(part.string('PartNumber')), etag: part.string('ETag') }));
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new S3Error('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
  }
}
