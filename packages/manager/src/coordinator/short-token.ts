import type { Secret } from '@fargate-gitlab-runner/kernel';

/**
 * The part of a runner's token that may be shown: its prefix is cut off, then nine characters are left. Source: GitLab runner, short
 * token.
 */
export function shortTokenOf(token: Secret): string {
  return token
    .reveal()
    .replace(/^(?:glrt-)?(?:t[123]_)?/, '')
    .replace(/^glrtr-/, '')
    .replace(/^glcbt-/, '')
    .replace(/^GR[0-9a-f]{7}/, '')
    .slice(0, 9);
}
