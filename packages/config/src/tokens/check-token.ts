import type { Finding, Path } from '../finding.ts';

const AUTHENTICATION_PREFIX = 'glrt-';

/**
 * What is wrong with one token that `holders` share. The token itself is never part of what is said.
 * Source of the prefixes: GitLab's token overview; `glrt-` is a runner authentication token, `GR1348941` a registration token.
 */
export function checkToken(token: string, holders: readonly string[], path: Path): Finding[] {
  const whose = `the token of ${holders.join(' and ')}`;
  const findings: Finding[] = [];
  if (holders.length > 1) {
    findings.push({ code: 'FR_CONFIG_TOKEN_SHARED', path, what: `the runners ${holders.join(' and ')} have the same token`, given: false });
  }
  if (!token.startsWith(AUTHENTICATION_PREFIX)) {
    findings.push({
      code: 'FR_CONFIG_REGISTRATION_TOKEN',
      path,
      what: `${whose} is ${kindOf(token)}, which this version does not support yet`,
      given: false,
    });
  } else if (!/^glrt-[\w.=-]+$/.test(token)) {
    findings.push({ code: 'FR_CONFIG_TOKEN_SHAPE', path, what: `${whose} has characters that no token has`, given: false });
  } else if (/(?:REPLACE|CHANGE)_?ME|^glrt-x+$/i.test(token)) {
    findings.push({ code: 'FR_CONFIG_PLACEHOLDER', path, what: `${whose} still looks like a placeholder`, given: false });
  }
  return findings;
}

function kindOf(token: string): string {
  if (token.startsWith('GR1348941')) return 'a registration token';
  return token.startsWith('glrtr-') ? 'a token from a registration' : 'no runner authentication token (glrt-)';
}
