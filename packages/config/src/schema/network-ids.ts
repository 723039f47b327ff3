import { patterned } from './patterned.ts';

/** The id of a subnet, old or new. */
export const subnetId = patterned(/^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/, 'FR_CONFIG_SUBNET_ID');
/** The id of a security group, old or new. */
export const securityGroupId = patterned(/^sg-([0-9a-f]{8}|[0-9a-f]{17})$/, 'FR_CONFIG_SECURITY_GROUP_ID');
