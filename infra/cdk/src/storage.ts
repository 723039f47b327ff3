import {
  type CacheAccess,
  cacheBucketPolicy,
  cacheKeyPolicy,
  jobStoreBucketPolicy,
  jobStoreKeyPolicy,
  STORE_EXPIRY,
} from '@fargate-gitlab-runner/blueprint';
import type { Construct } from 'constructs';
import { PrivateBucket } from './private-bucket.ts';
import type { ServiceFacts } from './service-facts.ts';

/** The bucket of the job store, which only the managers' task role may read or write. */
export function jobStoreBucket(scope: Construct, { names, place, managerTaskRoleArn }: ServiceFacts): PrivateBucket {
  return new PrivateBucket(scope, 'JobStore', {
    keyDescription: `Records of the jobs of ${names.service}`,
    keyPolicy: jobStoreKeyPolicy(place, managerTaskRoleArn),
    bucketPolicyOf: (bucketArn) => jobStoreBucketPolicy(bucketArn, managerTaskRoleArn),
    expiry: STORE_EXPIRY,
  });
}

/** The bucket of the cache as the managers need to know it. */
export interface CacheBucket extends CacheAccess {
  readonly bucketName: string;
}

/** The bucket for the cache of jobs: that of the props, or one that is made. */
export function cacheBucket(scope: Construct, facts: ServiceFacts): CacheBucket {
  const { bucketName: given, kmsKeyArn: keyArn, region, prefix } = facts.deployment.cache;
  if (given === undefined) {
    const made = madeCacheBucket(scope, facts);
    return { bucketName: made.bucketName, bucketArn: made.bucketArn, keyArn: made.keyArn, region, prefix };
  }
  const bucketArn = `arn:${facts.place.partition}:s3:::${given}`;
  return { bucketName: given, bucketArn, region, prefix, ...(keyArn !== undefined && { keyArn }) };
}

function madeCacheBucket(scope: Construct, { names, place }: ServiceFacts): PrivateBucket {
  return new PrivateBucket(scope, 'Cache', {
    keyDescription: `Cache of the jobs of ${names.service}`,
    keyPolicy: cacheKeyPolicy(place),
    bucketPolicyOf: cacheBucketPolicy,
  });
}
