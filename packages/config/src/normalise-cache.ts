import type { CacheConfig } from './cache-config.ts';
import type { RunnerConfig } from './runner-config.ts';
import type { ParsedDocument } from './schema/document-schema.ts';

/** The cache of a document that passed every check; undefined when it names no bucket. */
export function normaliseCache(document: ParsedDocument, runners: readonly RunnerConfig[]): CacheConfig | undefined {
  if (document.cache_bucket_name === undefined) return undefined;
  return {
    bucket: document.cache_bucket_name,
    region: document.cache_bucket_region ?? document.aws_region ?? runners[0]?.worker.region ?? '',
    prefix: folderOf(document.cache_prefix),
    isShared: document.cache_shared,
    ...(document.cache_endpoint !== undefined && { endpoint: document.cache_endpoint }),
    credentials: document.cache_credentials,
  };
}

/** The beginning of every object's name: empty, or with a slash at its end. */
export function folderOf(prefix = ''): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}
