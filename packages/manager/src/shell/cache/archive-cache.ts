import { compressionLevel } from '../artifacts/archive-files.ts';
import { FIND_FUNCTIONS, findFiles } from '../artifacts/find-files.ts';
import { jobFiles } from '../job-files.ts';
import { quote } from '../quoting.ts';
import { referencesTo } from '../references-to.ts';
import { valueIn } from '../resolved-variable.ts';
import { say } from '../say.ts';
import type { ScriptContext } from '../script-context.ts';
import { cacheStage } from './cache-stage.ts';
import { type CacheMoment, type JobCache, jobCaches } from './job-caches.ts';
import { PACK_FUNCTIONS, zstdLevel } from './pack.ts';
import { needsCurl, transferWords } from './transfer.ts';

/**
 * What one PUT can carry, and so one presigned link; there are no uploads in parts. Source: Amazon S3 user guide, "Uploading objects".
 */
const MOST_BYTES = 5 * 1024 ** 3;

/**
 * Body of `archive_cache` and `archive_cache_on_failure`: each cache becomes one archive in the worker and one request. Whatever fails is
 * a warning. Source: reference for job execution, 6.3.
 */
export function archiveCache(moment: CacheMoment, context: ScriptContext): string[] {
  const caches = jobCaches({ ...context, tmpDir: context.directories.tmpDir }, moment);
  return [FIND_FUNCTIONS, PACK_FUNCTIONS, ...cacheStage(caches, context, (cache) => archiveOne(cache, context))];
}

/** Whether this cache is written. */
export function isSaved({ policy }: JobCache): boolean {
  return policy === 'push' || policy === 'pull-push';
}

function archiveOne(cache: JobCache, context: ScriptContext): string[] {
  const { key, keyWords } = cache;
  if (cache.policy === 'pull') return [say.notice(`Not uploading cache ${key?.key ?? keyWords} due to policy`)];
  if (!key) return [say.notice(`Skipping cache archiving due to unusable cache key ${JSON.stringify(keyWords)}`)];
  return [say.notice(`Creating cache ${key.key}...`), ...storeOne(cache, key.key, context)];
}

function storeOne(cache: JobCache, key: string, context: ScriptContext): string[] {
  const { cacheLinks, directories, variables } = context;
  const failed = say.warning('Failed to create cache');
  if (cacheLinks.kind === 'none') {
    return [
      say.plain(
        'No URL provided, cache will not be uploaded to shared cache server. This runner has no cache: its operator gives it one with cache_bucket_name.',
      ),
    ];
  }
  if (cacheLinks.kind === 'unreachable') return [say.warning(`the cache can not be reached: ${cacheLinks.cause}`), failed];
  const words = transferWords(key, context);
  if (words === undefined) return [failed];
  const level = valueIn(variables, 'CACHE_COMPRESSION_LEVEL');
  const format = valueIn(variables, 'CACHE_COMPRESSION_FORMAT') === 'zip' ? 'zip' : 'tar';
  const list = `${jobFiles(directories.tmpDir).cache}/files`;
  return [
    ...findFiles({ ...cache, exclude: [] }, { projectDir: directories.projectDir, list }, referencesTo(variables, directories.tmpDir)),
    'if [ ! -s "$_list" ]; then',
    `  ${say.warning('No files to cache')}`,
    `elif _is_unchanged ${cache.number}; then`,
    `  ${say.plain('Archive is up to date!')}`,
    `  ${say.notice('Created cache')}`,
    `elif ${needsCurl(context)}_pack ${format} ${compressionLevel(level)} ${zstdLevel(level)} && _fits ${limit(context)} && _upload ${words}; then`,
    `  ${say.notice('Created cache')}`,
    'else',
    `  ${failed}`,
    'fi',
    'rm -f "$_folder/archive"',
  ];
}

/** The two words of `_fits`. */
function limit({ variables }: ScriptContext): string {
  const most = Number(valueIn(variables, 'CACHE_MAX_UPLOADED_ARCHIVE_SIZE'));
  if (Number.isSafeInteger(most) && most > 0 && most < MOST_BYTES) return `${most} ${quote(`CACHE_MAX_UPLOADED_ARCHIVE_SIZE is ${most}`)}`;
  return `${MOST_BYTES} ${quote('S3 takes at most 5 GiB (5368709120 bytes) at once. Cache fewer files, or divide them among several caches')}`;
}
