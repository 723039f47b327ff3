import { cacheBucketPolicy, cacheKeyPolicy, jobStoreBucketPolicy, jobStoreKeyPolicy, STORE_EXPIRY } from '@fargate-gitlab-runner/blueprint';
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

/** The bucket for the cache of jobs. */
export function cacheBucket(scope: Construct, { names, place }: ServiceFacts): PrivateBucket {
  return new PrivateBucket(scope, 'Cache', {
    keyDescription: `Cache of the jobs of ${names.service}`,
    keyPolicy: cacheKeyPolicy(place),
    bucketPolicyOf: cacheBucketPolicy,
  });
}
