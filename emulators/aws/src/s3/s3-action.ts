import { deleteObjects } from './delete-objects.ts';
import { listObjects } from './list-objects.ts';
import { abortUpload, beginUpload, completeUpload, listParts, uploadPart } from './multipart.ts';
import type { Bucket } from './bucket.ts';
import { encryptionHeaders, objectHeaders } from './object-headers.ts';
import { readObject } from './read-object.ts';
import { uploadedBody } from './request-body.ts';
import { emptyAnswer, type S3Answer, xmlAnswer } from './s3-answer.ts';
import { notImplemented, type S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import { s3Xml } from './s3-xml.ts';

/** One operation of the S3 API. */
export interface S3Action {
  /** As in the API reference. */
  readonly name: string;
  /** The action that a policy must allow. */
  readonly permission: string;
  /** `isAllowed` asks for one key, where a request names several. */
  run(bucket: Bucket, request: S3Request, isAllowed: (key: string) => boolean): S3Answer;
}

/** Parameters that select an operation; those that no operation here has are refused instead of being overlooked. */
const SELECTORS = ['uploads', 'uploadId', 'delete', 'location', 'partNumber'];
const HARMLESS =
  /^(x-id|list-type|prefix|delimiter|max-keys|continuation-token|start-after|encoding-type|fetch-owner|response-.*|x-amz-.*)$/i;

/** Which operation a request asks for; S3Error NotImplemented for those that this emulator doesn't have. */
export function s3ActionOf(request: S3Request): S3Action | S3Error {
  const selectors = SELECTORS.filter((name) => request.query.has(name));
  const strange = [...request.query.keys()].filter((name) => !SELECTORS.includes(name) && !HARMLESS.test(name));
  const of = request.key === '' ? BUCKET_ACTIONS : OBJECT_ACTIONS;
  const action = of.get([request.method, ...selectors].join(' '));
  if (!action || strange.length > 0) return notImplemented(`${request.method} ${[...selectors, ...strange].join(' ')}`.trim());
  return request.headers.has('x-amz-copy-source') ? notImplemented('x-amz-copy-source') : action;
}

const READ: S3Action = { name: 'GetObject', permission: 's3:GetObject', run: readObject };
const LIST = 's3:ListBucket';
const PUT = 's3:PutObject';

const BUCKET_ACTIONS: ReadonlyMap<string, S3Action> = new Map<string, S3Action>([
  ['GET', { name: 'ListObjectsV2', permission: LIST, run: listObjects }],
  ['HEAD', { name: 'HeadBucket', permission: LIST, run: () => emptyAnswer(200) }],
  [
    'GET location',
    { name: 'GetBucketLocation', permission: 's3:GetBucketLocation', run: () => xmlAnswer(s3Xml('LocationConstraint', {})) },
  ],
  // Each key of a DeleteObjects is allowed or denied on its own, so the request as a whole needs nothing.
  ['POST delete', { name: 'DeleteObjects', permission: '', run: deleteObjects }],
]);

const OBJECT_ACTIONS: ReadonlyMap<string, S3Action> = new Map<string, S3Action>([
  ['GET', READ],
  ['HEAD', { ...READ, name: 'HeadObject' }],
  ['PUT', { name: 'PutObject', permission: PUT, run: putObject }],
  ['DELETE', { name: 'DeleteObject', permission: 's3:DeleteObject', run: deleteObject }],
  ['POST uploads', { name: 'CreateMultipartUpload', permission: PUT, run: beginUpload }],
  ['PUT uploadId partNumber', { name: 'UploadPart', permission: PUT, run: uploadPart }],
  ['POST uploadId', { name: 'CompleteMultipartUpload', permission: PUT, run: completeUpload }],
  ['DELETE uploadId', { name: 'AbortMultipartUpload', permission: 's3:AbortMultipartUpload', run: abortUpload }],
  ['GET uploadId', { name: 'ListParts', permission: 's3:ListMultipartUploadParts', run: listParts }],
]);

function putObject(bucket: Bucket, request: S3Request): S3Answer {
  const { bytes, checksums } = uploadedBody(request);
  const headers = objectHeaders(request.headers);
  const object = bucket.put({ key: request.key, body: bytes, headers, checksums }, request.headers);
  return emptyAnswer(200, [['etag', object.etag], ...checksums, ...encryptionHeaders(headers)]);
}

function deleteObject(bucket: Bucket, request: S3Request): S3Answer {
  bucket.delete(request.key, request.headers);
  return emptyAnswer(204);
}
