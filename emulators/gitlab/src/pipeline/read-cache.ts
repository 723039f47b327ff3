import type { Complaints } from './complaints.ts';
import { ConfigHash } from './config-hash.ts';
import type { Located } from './located-yaml.ts';
import type { JobCache } from './pipeline.ts';

const KEYS = ['key', 'untracked', 'unprotect', 'paths', 'when', 'policy', 'fallback_keys'];
const POLICIES = ['pull-push', 'push', 'pull'];
const MAX_CACHES = 4;
const MAX_KEY_FILES = 2;
const MAX_FALLBACKS = 5;

/** `cache`: one, or a list of up to four. */
export function readCaches(node: Located, place: string, complaints: Complaints): readonly JobCache[] {
  const items = node.kind === 'list' ? node.items : [node];
  if (items.length > MAX_CACHES)
    complaints.invalid(node.at, ` config no more than ${MAX_CACHES} caches can be created`, `${place.replace(/:cache$/, '')}:caches`);
  return items.flatMap((item) => {
    const hash = ConfigHash.of(item, place, complaints);
    return hash ? [readCache(hash)] : [];
  });
}

function readCache(hash: ConfigHash): JobCache {
  hash.allow(KEYS);
  const policy = hash.text('policy') ?? 'pull-push';
  if (!POLICIES.includes(policy) && !policy.includes('$')) hash.wrong('policy', `should be a variable or one of: ${POLICIES.join(', ')}`);
  const fallbackKeys = hash.strings('fallback_keys') ?? [];
  if (fallbackKeys.length > MAX_FALLBACKS) hash.wrong('fallback_keys', `has too many entries (maximum ${MAX_FALLBACKS})`);
  return {
    key: readKey(hash),
    paths: hash.strings('paths') ?? [],
    untracked: hash.flag('untracked') ?? false,
    unprotect: hash.flag('unprotect') ?? false,
    policy,
    when: hash.word('when', ['on_success', 'on_failure', 'always']) ?? 'on_success',
    fallbackKeys,
  };
}

function readKey(cache: ConfigHash): JobCache['key'] {
  const node = cache.node('key');
  if (!node) return 'default';
  if (node.kind !== 'map') {
    const key = cache.textOrNumber('key') ?? 'default';
    if (key.includes('/') || /^\.+$/.test(key)) cache.wrong('key', 'config can not contain the "/" character, and should not be only dots');
    return key;
  }
  const hash = new ConfigHash({ ...node, place: `${cache.place}:key`, complaints: cache.complaints });
  hash.allow(['files', 'files_commits', 'prefix']);
  const files = hash.strings(hash.has('files_commits') ? 'files_commits' : 'files') ?? [];
  if (files.length === 0 || files.length > MAX_KEY_FILES) {
    hash.complaints.invalid(
      node.at,
      ` config ${files.length === 0 ? 'requires at least 1 item' : `has too many items (maximum is ${MAX_KEY_FILES})`}`,
      `${hash.place}:files`,
    );
  }
  return { files, prefix: hash.text('prefix') };
}
