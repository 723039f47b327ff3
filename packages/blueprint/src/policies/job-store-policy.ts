import { type PolicyDocument, policyDocument } from './policy-document.ts';

/** The job store's bucket and key. */
export interface JobStoreAccess {
  readonly bucketArn: string;
  readonly keyArn: string;
  readonly region: string;
}

/** What a manager may do in its job store: records by key, the list of them, and the key that encrypts them, through S3 alone. */
export function jobStorePolicy(store: JobStoreAccess): PolicyDocument {
  return policyDocument([
    {
      Sid: 'Records',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      Resource: [`${store.bucketArn}/*`],
    },
    { Sid: 'ListRecords', Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [store.bucketArn] },
    {
      Sid: 'RecordKey',
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: [store.keyArn],
      Condition: { StringEquals: { 'kms:ViaService': `s3.${store.region}.amazonaws.com` } },
    },
  ]);
}
