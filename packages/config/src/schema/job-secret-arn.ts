import * as z from 'zod';
import { parseArn } from './aws-arn.ts';

/**
 * Names of secrets and parameters with `*` and `?`; the first character stands for itself, so that nobody gives away everything. The ARN
 * of a secret ends with six characters of AWS's own: a pattern without them, and without a wildcard, would match nothing.
 */
const NAMES: Readonly<Record<string, RegExp>> = {
  secretsmanager: /^secret:[\w/+=.@-]([\w/+=.@*?-]*[*?][\w/+=.@*?-]*|[\w/+=.@-]*-[A-Za-z0-9]{6})$/,
  ssm: /^parameter\/[\w.-][\w.*?/-]*$/,
};

/** A secret of Secrets Manager or a parameter of Parameter Store, or many of them by a pattern. */
export function jobSecretArn() {
  return z.string().refine(isJobSecretArn, 'FR_CONFIG_JOB_SECRET_ARN');
}

function isJobSecretArn(text: string): boolean {
  const arn = parseArn(text);
  return !('fault' in arn) && arn.region !== '' && NAMES[arn.service]?.test(arn.resource) === true;
}
