import type { Complaints } from './complaints.ts';
import { ConfigHash, textOf } from './config-hash.ts';
import type { Located } from './located-yaml.ts';
import type { JobCache } from './pipeline.ts';

const KEYS = ['key', 'untracked', 'unprotect', 'paths', 'when', 'policy', 'fallback_keys'];
const POLICIES = ['pull-push', 'push', 'pull'];
const NODES = ['untracked', 'unprotect', 'paths', 'fallback_keys', 'key'];
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
    return hash ? [readCache(new ConfigHash({ ...hash, nodes: NODES }))] : [];
  });
}

function readCache(hash: ConfigHash): JobCache {
  hash.allow(KEYS);
  const policy = hash.text('policy') ?? 'pull-push';
  if (!POLICIES.includes(policy) && !policy.includes('$')) hash.wrong('policy', `should be a variable or one of: ${POLICIES.join(', ')}`);
  const fallbackKeys = hash.strings('fallback_keys') ?? [];
  if (fallbackKeys.length > MAX_FALLBACKS) {
    const at = hash.node('fallback_keys')?.at ?? hash.at;
    // So it is spelt there.
    hash.complaints.invalid(at, ` fallback keys has to many entries (maximum ${MAX_FALLBACKS})`, hash.place);
  }
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
  if (node.kind !== 'map') return readPlainKey(node, cache);
  const place = `${cache.place}:key`;
  const hash = new ConfigHash({ ...node, place, complaints: cache.complaints, nodes: KEY_OF_FILES });
  hash.allow(KEY_OF_FILES);
  const key = hash.has('files_commits') ? 'files_commits' : 'files';
  hash.require([key]);
  const files = hash.strings(key);
  if (files?.length === 0) hash.wrong(key, 'requires at least 1 item');
  if (files && files.length > MAX_KEY_FILES) hash.wrong(key, `has too many items (maximum is ${MAX_KEY_FILES})`);
  return { files: files ?? [], source: key === 'files' ? 'contents' : 'commits', prefix: hash.text('prefix') };
}

const KEY_OF_FILES = ['files', 'files_commits', 'prefix'];

function readPlainKey(node: Located, cache: ConfigHash): string {
  const key = textOf(node);
  if (key === undefined) cache.complaints.invalid(node.at, ' should be a hash, a string or a symbol', `${cache.place}:key`);
  else if (/\/|%2f/i.test(key)) cache.wrong('key', 'cannot contain the "/" character');
  else if (/^(?:\.|%2e){1,2}$/i.test(key)) cache.wrong('key', 'cannot be "." or ".."');
  return key ?? 'default';
}
