import type { ExpiryRule, PolicyDocument } from '@fargate-gitlab-runner/blueprint';
import { CfnDeletionPolicy, aws_kms as kms, aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** What a private bucket is made of. */
export interface PrivateBucketProps {
  readonly keyDescription: string;
  readonly keyPolicy: PolicyDocument;
  readonly bucketPolicyOf: (bucketArn: string) => PolicyDocument;
  /** What is removed by its age. Unfinished uploads go after a day in any case. */
  readonly expiry?: readonly ExpiryRule[];
}

/**
 * A bucket without versions, encrypted with a key of its own, closed to the public. Bucket and key outlive the stack: a bucket that isn't
 * empty can't be deleted, and what is in it can't be read without the key.
 */
export class PrivateBucket extends Construct {
  readonly bucketName: string;
  readonly bucketArn: string;
  readonly keyArn: string;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    const key = new kms.CfnKey(this, 'Key', { description: props.keyDescription, keyPolicy: props.keyPolicy, enableKeyRotation: true });
    const bucket = new s3.CfnBucket(this, 'Bucket', {
      bucketEncryption: {
        serverSideEncryptionConfiguration: [
          { bucketKeyEnabled: true, serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key.attrArn } },
        ],
      },
      ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
      publicAccessBlockConfiguration: {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      lifecycleConfiguration: { rules: rulesOf(props.expiry ?? []) },
    });
    new s3.CfnBucketPolicy(this, 'Policy', { bucket: bucket.ref, policyDocument: props.bucketPolicyOf(bucket.attrArn) });
    for (const { cfnOptions } of [key, bucket]) {
      cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
      cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    }
    this.bucketName = bucket.ref;
    this.bucketArn = bucket.attrArn;
    this.keyArn = key.attrArn;
  }
}

function rulesOf(expiry: readonly ExpiryRule[]): s3.CfnBucket.RuleProperty[] {
  const unfinished = { id: 'unfinished-uploads', status: 'Enabled', abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } };
  const expired = expiry.map(({ prefix, days }) => ({
    id: `expire-${prefix.replaceAll('/', '')}`,
    status: 'Enabled',
    prefix,
    expirationInDays: days,
  }));
  return [...expired, unfinished];
}
