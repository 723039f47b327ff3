import type { CachePlace } from './cache-store.ts';

/**
 * The name of a cache's object, as GitLab's own runner has it: `[<prefix>/][runner/<short token>/]project/<project id>/<key>`. Caches of a
 * shared store have no part for the runner. Source: reference for job execution, 6.4.
 */
export function objectKey({ shortToken, projectId, key }: CachePlace, of: { readonly prefix: string; readonly isShared: boolean }): string {
  return `${of.prefix}${of.isShared ? '' : `runner/${shortToken}/`}project/${projectId}/${key}`;
}
