import { createHash } from 'node:crypto';
import { isRegistrationToken } from '@fargate-gitlab-runner/blueprint';
import type { Secret } from '@fargate-gitlab-runner/kernel';

/** What may be known about a runner's token without seeing it, for the GitLab at `url`. */
export function tokenFacts(url: string) {
  return {
    /** Names the token and the GitLab it is for, and gives away neither. */
    originOf: (token: Secret): string => createHash('sha256').update(`${url}\n${token.reveal()}`).digest('hex').slice(0, 32),
    /** Whether a runner has to be registered with it first. */
    isRegistration: (token: Secret): boolean => isRegistrationToken(token.reveal()),
  };
}
