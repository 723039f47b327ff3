import * as z from 'zod';
import { AWS_REGION } from './aws-arn.ts';
import { bucketName } from './bucket-name.ts';
import { objectPrefix } from './object-prefix.ts';
import { patterned } from './patterned.ts';
import { endpointUrl } from './url-fields.ts';
import { yesOrNo } from './yes-or-no.ts';

/** Where the caches of jobs are kept. The infrastructure makes the bucket, and tells the manager of it, where no name is given. */
export const cacheKeys = {
  cache_bucket_name: bucketName().optional().meta({
    description: 'Bucket for the cache of jobs. Left out: a deployment makes one; a manager by itself keeps no cache.',
  }),
  cache_bucket_region: patterned(AWS_REGION, 'FR_CONFIG_REGION')
    .optional()
    .meta({ description: 'Region of that bucket. Left out: aws_region, or else the region of the first runner.' }),
  cache_prefix: objectPrefix()
    .optional()
    .meta({ description: 'What the name of every object in that bucket begins with. Left out: nothing.' }),
  cache_shared: yesOrNo().default(false).meta({
    description: 'Whether all runners have their caches in common. Otherwise each runner has its own, known by the beginning of its token.',
  }),
  cache_endpoint: endpointUrl()
    .optional()
    .meta({ description: 'Address of the S3 of the cache, as managers and workers reach it. Left out: that of AWS for the region.' }),
  cache_credentials: z.enum(['ambient', 'local'], 'FR_CONFIG_VALUE').default('ambient').meta({
    description: 'ambient: what the AWS SDK finds. local: fixed ones without worth, for an emulator on a loopback endpoint.',
  }),
};
