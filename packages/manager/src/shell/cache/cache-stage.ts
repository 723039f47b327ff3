import { RELAY_FUNCTIONS } from '../artifacts/relay.ts';
import { exportBlock } from '../export-block.ts';
import { jobFiles } from '../job-files.ts';
import { quote } from '../quoting.ts';
import { say } from '../say.ts';
import type { ScriptContext } from '../script-context.ts';
import type { JobCache } from './job-caches.ts';
import { RELAY_TRANSFER_FUNCTIONS, TRANSFER_FUNCTIONS } from './transfer.ts';
import { UNPACK_FUNCTIONS } from './unpack.ts';

/** Notes what was restored, so that it need not be stored again when the job changes nothing of it. Where there is no room for that, it is. */
const REMEMBER = `_remember() { # NUMBER of the cache
  if LC_ALL=C sort -u "$_folder/names" > "$_folder/$1.names"; then : > "$_folder/$1.stamp"; else rm -f "$_folder/$1.names"; fi
}`;

/**
 * What both stages of the cache have around the work on each cache. All of it runs in a shell of its own, whose failure is a warning: no
 * full disk, no missing program and no folder that the author removed fails the job. What does is a policy that is none of GitLab's.
 */
export function cacheStage(caches: readonly JobCache[], context: ScriptContext, work: (cache: JobCache) => readonly string[]): string[] {
  const { directories } = context;
  const folder = jobFiles(directories.tmpDir).cache;
  return [
    ...refusePolicies(caches),
    'set +o errexit',
    '(',
    'set -o errexit',
    `_folder=${quote(folder)}`,
    '(umask 077; mkdir -p "$_folder")',
    ...exportBlock(context),
    `cd ${quote(directories.projectDir)}`,
    '{ set +o xtrace; } 2> /dev/null',
    TRANSFER_FUNCTIONS,
    ...relayLines(context),
    UNPACK_FUNCTIONS,
    REMEMBER,
    ...caches.flatMap((cache) => [...cache.warnings.map(say.warning), ...work(cache)]),
    ')',
    `[ $? -eq 0 ] || ${say.warning('the cache was given up; the job goes on without it')}`,
    // Whatever became of it: what lies there may be all that a full disk had room for.
    `rm -rf ${['new', 'archive', 'archive.zip', 'room'].map((name) => quote(`${folder}/${name}`)).join(' ')}`,
    'set -o errexit',
  ];
}

function relayLines({ artifactWays, cacheWay }: ScriptContext): string[] {
  if (cacheWay === 'worker') return [];
  return [`_shim=${quote(artifactWays.shimFolder)}`, RELAY_FUNCTIONS, RELAY_TRANSFER_FUNCTIONS];
}

function refusePolicies(caches: readonly JobCache[]): string[] {
  return caches
    .filter(({ policy }) => policy === undefined)
    .slice(0, 1)
    .flatMap(({ policyWords }) => [
      say.error(`cache policy ${JSON.stringify(policyWords)} is unknown; pull, push and pull-push are known`),
      'exit 1',
    ]);
}
