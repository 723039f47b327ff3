import type { AwsPlace } from './aws-place.ts';
import { type PolicyDocument, type PolicyStatement, policyDocument } from './policy-document.ts';

/** Everything that looks after a key and nothing that uses it or lets others use it by a grant. Source: KMS developer guide, "Key policies". */
const ADMINISTRATION = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:Describe*',
  'kms:Disable*',
  'kms:Enable*',
  'kms:Get*',
  'kms:List*',
  'kms:Put*',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:Update*',
];

/**
 * The key policy of the job store: the account looks after the key, only the manager's task role uses it. In a key policy, `*` means this
 * key. The role is named in a condition, because a principal must exist before the key does.
 */
export function jobStoreKeyPolicy(place: AwsPlace, managerTaskRoleArn: string): PolicyDocument {
  return policyDocument([
    administration(place),
    {
      Sid: 'ManagerOnly',
      Effect: 'Allow',
      Principal: { AWS: rootOf(place) },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: ['*'],
      Condition: { ArnEquals: { 'aws:PrincipalArn': managerTaskRoleArn } },
    },
  ]);
}

/** The key policy of the cache: the account looks after the key, and its IAM policies say who uses it, through S3 alone. */
export function cacheKeyPolicy(place: AwsPlace): PolicyDocument {
  return policyDocument([
    administration(place),
    {
      Sid: 'ThroughS3',
      Effect: 'Allow',
      Principal: { AWS: rootOf(place) },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: ['*'],
      Condition: { StringEquals: { 'kms:ViaService': `s3.${place.region}.amazonaws.com` } },
    },
  ]);
}

function administration(place: AwsPlace): PolicyStatement {
  return { Sid: 'Administration', Effect: 'Allow', Principal: { AWS: rootOf(place) }, Action: ADMINISTRATION, Resource: ['*'] };
}

function rootOf({ partition, account }: AwsPlace): string {
  return `arn:${partition}:iam::${account}:root`;
}
