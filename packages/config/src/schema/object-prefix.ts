import { patterned } from './patterned.ts';

/** What the names of objects in S3 may begin with. Source: Amazon S3 user guide, "Naming Amazon S3 objects". */
export const objectPrefix = () => patterned(/^[\w!.*'()-]+(\/[\w!.*'()-]+)*\/?$/, 'FR_CONFIG_STORE_PREFIX');
