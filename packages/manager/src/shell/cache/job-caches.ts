import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import { expand } from '../expansion.ts';
import { referencesTo } from '../references-to.ts';
import { type ResolvedVariable, valueIn } from '../resolved-variable.ts';
import { sanitisedKey } from './cache-key.ts';

type CacheEntry = JobPayload['cache'][number];

/** After which outcome of the scripts. */
export type CacheMoment = 'on_success' | 'on_failure';

/** One key that a cache may lie under. `words` is what the author wrote, expanded; `key` what is left of it, safe in a path. */
export interface CacheKey {
  readonly words: string;
  readonly key: string;
}

/** One cache of a job, its variables expanded. Undefined `policy`: the word is none of GitLab's. */
export interface JobCache {
  /** Its place among the caches of the job, from 0. */
  readonly number: number;
  readonly paths: readonly string[];
  readonly untracked: boolean;
  readonly policy: 'pull-push' | 'pull' | 'push' | undefined;
  readonly policyWords: string;
  /** Under which it is saved, and looked for first. Undefined: nothing usable is left of what was written. */
  readonly key: CacheKey | undefined;
  readonly keyWords: string;
  /** Under which it is looked for after that, in order. */
  readonly fallbacks: readonly CacheKey[];
  /** Sentences about keys that can't be used as they are. */
  readonly warnings: readonly string[];
}

/** What the keys and policies of a job's caches depend on. */
export interface CacheFacts {
  readonly payload: JobPayload;
  readonly variables: readonly ResolvedVariable[];
  /** In which file variables have their paths. */
  readonly tmpDir: string;
}

/** Whether the entry has anything to keep at all. */
export function hasCaches(payload: JobPayload): boolean {
  return payload.cache.some(keepsAnything);
}

/** Whether anything is saved after this outcome. */
export function savesCaches(moment: CacheMoment, payload: JobPayload): boolean {
  return payload.cache.some((entry) => keepsAnything(entry) && fits(entry, moment));
}

/**
 * The caches of the job that have something to keep; with a moment, those that are saved then. Source: reference for job execution, 6.1 and
 * 6.2.
 */
export function jobCaches(facts: CacheFacts, moment?: CacheMoment): JobCache[] {
  return facts.payload.cache.flatMap((entry, number) =>
    keepsAnything(entry) && (moment === undefined || fits(entry, moment)) ? [{ number, ...jobCache(entry, facts) }] : [],
  );
}

function keepsAnything({ paths, untracked }: CacheEntry): boolean {
  return paths.length > 0 || untracked;
}

function fits({ when }: CacheEntry, moment: CacheMoment): boolean {
  return when === 'always' || (when || 'on_success') === moment;
}

function jobCache(entry: CacheEntry, facts: CacheFacts): Omit<JobCache, 'number'> {
  const { payload, variables } = facts;
  const written = entry.key ? expanded(entry.key, facts) : `${payload.job_info.name ?? ''}/${payload.git_info.ref ?? ''}`;
  const key = cacheKey(written);
  const last = valueIn(variables, 'CACHE_FALLBACK_KEY') ?? '';
  const ofOperator = cacheKey(expanded(last, facts));
  const isRefused = ofOperator !== undefined && /-protected[. ]*$/.test(ofOperator.key);
  const fallbacks = [...entry.fallback_keys.map((fallback) => cacheKey(expanded(fallback, facts))), isRefused ? undefined : ofOperator];
  const usable = fallbacks.filter((fallback) => fallback !== undefined);
  const policyWords = expanded(entry.policy || 'pull-push', facts);
  return {
    paths: entry.paths,
    untracked: entry.untracked,
    policy: policyOf(policyWords),
    policyWords,
    key,
    keyWords: written,
    fallbacks: usable,
    warnings: [
      ...[...(key ? [key] : []), ...usable].filter(({ words, key: safe }) => words !== safe).map(changed),
      ...(isRefused ? [`CACHE_FALLBACK_KEY ${JSON.stringify(last)} not allowed to end in "-protected"`] : []),
    ],
  };
}

function changed({ words, key }: CacheKey): string {
  return `cache key ${JSON.stringify(words)} sanitized to ${JSON.stringify(key)}`;
}

function cacheKey(words: string): CacheKey | undefined {
  const key = sanitisedKey(words);
  return key === undefined ? undefined : { words, key };
}

function policyOf(words: string): JobCache['policy'] {
  return words === 'pull-push' || words === 'pull' || words === 'push' ? words : undefined;
}

function expanded(text: string, { variables, tmpDir }: CacheFacts): string {
  return expand(text, referencesTo(variables, tmpDir), { at: 'cache' });
}
