import { say } from '../say.ts';
import type { ScriptContext } from '../script-context.ts';
import { cacheStage } from './cache-stage.ts';
import { type CacheKey, type JobCache, jobCaches } from './job-caches.ts';
import { needsCurl, transferWords } from './transfer.ts';

/**
 * Body of `restore_cache`: for each cache its keys are tried in order until one is unpacked. Nothing of it fails the job but a policy that is
 * no policy. Source: reference for job execution, 6.3.
 */
export function restoreCache(context: ScriptContext): string[] {
  const caches = jobCaches({ ...context, tmpDir: context.directories.tmpDir });
  return cacheStage(caches, context, (cache) => restoreOne(cache, context));
}

/** The keys that a cache is looked for under, its own first. */
export function keysToRestore(cache: JobCache): readonly CacheKey[] {
  return cache.policy === 'pull' || cache.policy === 'pull-push' ? [...(cache.key ? [cache.key] : []), ...cache.fallbacks] : [];
}

function restoreOne(cache: JobCache, context: ScriptContext): string[] {
  const { key, keyWords, number, policy } = cache;
  if (policy === 'push') return [say.notice(`Not downloading cache ${key?.key ?? keyWords} due to policy`)];
  const without = key ? [] : [say.notice(`Skipping cache extraction due to unusable cache key ${JSON.stringify(keyWords)}`)];
  const tries = keysToRestore(cache).map(({ key: each }, at) => {
    const remember = key !== undefined && at === 0 ? [`_remember ${number}`] : [];
    return [say.notice(`Checking cache for ${each}...`), ...fetchOne(each, remember, context)];
  });
  return [...without, '_restored=', ...tries.flatMap((lines) => ['if [ -z "$_restored" ]; then', ...lines, 'fi'])];
}

/** What came under another key than the cache's own is stored under its own, so that only its own is remembered. */
function fetchOne(key: string, remember: readonly string[], context: ScriptContext): string[] {
  const { cacheLinks } = context;
  const failed = say.warning('Failed to extract cache');
  if (cacheLinks.kind === 'none') {
    return [
      say.plain(
        'No URL provided, cache will not be downloaded from shared cache server. This runner has no cache: its operator gives it one with cache_bucket_name.',
      ),
      failed,
    ];
  }
  if (cacheLinks.kind === 'unreachable') return [say.warning(`the cache can not be reached: ${cacheLinks.cause}`), failed];
  const words = transferWords(key, context);
  if (words === undefined) return [failed];
  return [
    `if ${needsCurl(context)}_download ${words} && _unpack; then`,
    '  _restored=1',
    ...remember,
    `  ${say.notice('Successfully extracted cache')}`,
    'else',
    `  ${failed}`,
    'fi',
  ];
}
