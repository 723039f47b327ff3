import { type PolicyDocument, type PolicyStatement, policyDocument } from './policy-document.ts';

/** The bucket of the cache, and the key that encrypts it. */
export interface CacheAccess {
  readonly bucketArn: string;
  /** What the names of all objects begin with; may be empty. */
  readonly prefix: string;
  /** Left out: the bucket is not under a KMS key of the customer's. */
  readonly keyArn?: string;
  readonly region: string;
}

/**
 * What a manager may do in the bucket of the cache. It moves no cache itself: it signs links for workers, which hold for as much as the
 * signer may do. Without ListBucket a cache that is not there would be a 403 instead of a 404.
 */
export function cachePolicy(cache: CacheAccess): PolicyDocument {
  return policyDocument([
    { Sid: 'Caches', Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: [`${cache.bucketArn}/${cache.prefix}*`] },
    { Sid: 'ListCaches', Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [cache.bucketArn] },
    ...(cache.keyArn === undefined ? [] : [cacheKey(cache.keyArn, cache.region)]),
  ]);
}

function cacheKey(keyArn: string, region: string): PolicyStatement {
  return {
    Sid: 'CacheKey',
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: [keyArn],
    Condition: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
  };
}
