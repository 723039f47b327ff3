import { isRegistrationToken } from '@fargate-gitlab-runner/blueprint';
import type { Finding, Path } from '../finding.ts';

/**
 * What is wrong with one token that `holders` share. The token itself is never part of what is said. Several runners may share a
 * registration token: each is registered by itself.
 */
export function checkToken(token: string, holders: readonly string[], path: Path): Finding[] {
  const whose = `the token of ${holders.join(' and ')}`;
  const findings: Finding[] = [];
  if (holders.length > 1 && !isRegistrationToken(token)) {
    findings.push({ code: 'FR_CONFIG_TOKEN_SHARED', path, what: `the runners ${holders.join(' and ')} have the same token`, given: false });
  }
  if (!/^[\w.=-]+$/.test(token)) {
    findings.push({ code: 'FR_CONFIG_TOKEN_SHAPE', path, what: `${whose} has characters that no token has`, given: false });
  } else if (/(?:REPLACE|CHANGE)_?ME|^glrt-x+$/i.test(token)) {
    findings.push({ code: 'FR_CONFIG_PLACEHOLDER', path, what: `${whose} still looks like a placeholder`, given: false });
  } else if (!token.startsWith('glrt-')) {
    findings.push({ code: 'FR_CONFIG_REGISTRATION_TOKEN', path, what: `${whose} is ${kindOf(token)}`, given: false });
  }
  return findings;
}

function kindOf(token: string): string {
  return isRegistrationToken(token)
    ? 'a registration token: the runner is registered with it once, which newer GitLabs refuse'
    : 'a token from a registration, not one of a runner that was made in GitLab (glrt-)';
}
