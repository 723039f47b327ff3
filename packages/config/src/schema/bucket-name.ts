import { patterned } from './patterned.ts';

/** The name of a bucket. Source: Amazon S3 user guide, "General purpose bucket naming rules". */
export const bucketName = () => patterned(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'FR_CONFIG_BUCKET');
