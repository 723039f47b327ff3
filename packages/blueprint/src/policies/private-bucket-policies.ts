import { type PolicyDocument, type PolicyStatement, policyDocument } from './policy-document.ts';

/** Refuses whoever comes without TLS. */
function tlsOnly(bucketArn: string): PolicyStatement {
  return {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: ['s3:*'],
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/**
 * The bucket policy of the job store: TLS, and of all principals only the manager's task role reads, writes or deletes records. Records hold
 * what jobs were told, so that whoever reads them knows their secrets. Looking at the bucket itself is left to the account: Terraform asks
 * with HeadBucket, which S3 counts as `s3:ListBucket`, whether it is still there, and the names of records hold ids alone. Source: S3 user
 * guide, "Required permissions for Amazon S3 API operations".
 */
export function jobStoreBucketPolicy(bucketArn: string, managerTaskRoleArn: string): PolicyDocument {
  return policyDocument([
    tlsOnly(bucketArn),
    {
      Sid: 'ManagerOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: ['s3:GetObject*', 's3:PutObject*', 's3:DeleteObject*'],
      Resource: [`${bucketArn}/*`],
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': managerTaskRoleArn } },
    },
  ]);
}

/** The bucket policy of the cache: TLS. */
export function cacheBucketPolicy(bucketArn: string): PolicyDocument {
  return policyDocument([tlsOnly(bucketArn)]);
}
