import { matchesArn } from '@fargate-gitlab-runner/blueprint';
import type { SecretRequest } from '../../secrets/secret-source.ts';

/** Six characters of AWS's own end the ARN of a secret; this stands for any of them. */
const ANY = '\u0000';

/**
 * Whether a job may ask for this secret by the manager's own role: `job_secret_arns` may name it. With a name instead of an ARN the
 * account and the last six characters are not known yet; `isPermittedArn` judges the answer.
 */
export function mayBePermitted(patterns: readonly string[], { service, region, id }: SecretRequest): boolean {
  return patterns.some((pattern) => {
    const [, , servicePart, regionPart, , ...resource] = pattern.split(':');
    if (servicePart !== service || regionPart !== region) return false;
    if (id.startsWith('arn:')) return matchesArn(pattern, id) || mayMatch(pattern, `${id}-${ANY.repeat(6)}`);
    return mayMatch(resource.join(':'), `secret:${id}-${ANY.repeat(6)}`);
  });
}

/** Whether what was read is one of those that jobs may have. */
export function isPermittedArn(patterns: readonly string[], arn: string): boolean {
  return patterns.some((pattern) => matchesArn(pattern, arn));
}

/** Whether some text that differs from `target` only where that is open is one that the pattern names. */
function mayMatch(pattern: string, target: string): boolean {
  const known = target.length - ANY.length * 6;
  const tail = pattern.slice(-6);
  // The pattern ends in characters of its own: they are what the open ones would have to be.
  return matchesArn(pattern, target.slice(0, known) + (/^[A-Za-z0-9]{6}$/.test(tail) ? tail : target.slice(known)));
}
