import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import { parseBoolean } from './boolean.ts';
import { type ResolvedVariable, valueIn } from './resolved-variable.ts';

/** What `GIT_STRATEGY` may say. */
export type GitStrategy = 'clone' | 'fetch' | 'none' | 'empty';

/** What the job's variables say about its submodules. */
export interface SubmoduleSettings {
  readonly strategy: 'none' | 'normal' | 'recursive' | { readonly unknown: string };
  /** Commits of history; 0: all. */
  readonly depth: number;
  /** Pathspecs; none: every submodule. */
  readonly paths: readonly string[];
  /** Arguments of `git submodule update`. */
  readonly updateFlags: readonly string[];
  /** Submodules whose URL is an SSH one on the GitLab host are fetched over HTTP(S), with the job token. */
  readonly forcesHttps: boolean;
}

/** What the job's variables say about its sources. `warnings` are sentences for the head of the trace. */
export interface GitSettings {
  readonly strategy: GitStrategy;
  readonly hasCheckout: boolean;
  /** Arguments of `git clean`; undefined: don't clean. */
  readonly cleanFlags: readonly string[] | undefined;
  readonly fetchFlags: readonly string[];
  /** `git clone` instead of init and fetch, for the strategy clone. */
  readonly isNativeClone: boolean;
  /** Arguments of that `git clone`. */
  readonly cloneFlags: readonly string[];
  readonly submodules: SubmoduleSettings;
  /** The author wants pointer files, not what they point at. */
  readonly skipsLfs: boolean;
  readonly warnings: readonly string[];
}

/**
 * Reads `GIT_STRATEGY` (default: `fetch` if the payload allows it, else `clone`), `GIT_CHECKOUT` (true), `GIT_CLEAN_FLAGS`
 * (`-ffdx`), `GIT_FETCH_EXTRA_FLAGS` (`--prune --quiet`), `FF_USE_GIT_NATIVE_CLONE` (false), `GIT_CLONE_EXTRA_FLAGS` (none), `GIT_LFS_SKIP_SMUDGE`
 * (false), and for submodules `GIT_SUBMODULE_STRATEGY` (none), `_DEPTH`
 * (that of the project), `_PATHS`, `_UPDATE_FLAGS` and `_FORCE_HTTPS` (false). Source: reference for job execution, 2.2.
 */
export function gitSettings(payload: JobPayload, variables: readonly ResolvedVariable[]): GitSettings {
  const text = (key: string) => valueIn(variables, key)?.trim() ?? '';
  const strategy = parseGitStrategy(text('GIT_STRATEGY'));
  const preset = payload.allow_git_fetch ? 'fetch' : 'clone';
  const checkout = parseBoolean(text('GIT_CHECKOUT'));
  const warnings = [
    ...(strategy === undefined && text('GIT_STRATEGY') !== '' ? [unknown('GIT_STRATEGY', 'clone, fetch, none or empty', preset)] : []),
    ...(checkout === undefined && text('GIT_CHECKOUT') !== '' ? [unknown('GIT_CHECKOUT', 'true or false', 'true')] : []),
  ];
  const hasSources = strategy !== 'none' && strategy !== 'empty';
  return {
    strategy: strategy ?? preset,
    hasCheckout: hasSources && (checkout ?? true),
    cleanFlags: flags(text('GIT_CLEAN_FLAGS'), ['-ffdx']),
    fetchFlags: flags(text('GIT_FETCH_EXTRA_FLAGS'), ['--prune', '--quiet']) ?? [],
    ...cloneSettings(strategy ?? preset, text),
    submodules: submoduleSettings(payload, text),
    skipsLfs: parseBoolean(text('GIT_LFS_SKIP_SMUDGE')) ?? false,
    warnings,
  };
}

/** `GIT_STRATEGY` as a strategy; undefined when it is none. */
export function parseGitStrategy(text: string): GitStrategy | undefined {
  switch (text) {
    case 'clone':
    case 'fetch':
    case 'none':
    case 'empty':
      return text;
    default:
      return undefined;
  }
}

function unknown(key: string, allowed: string, preset: string): string {
  return `${key} is neither of ${allowed}; ${preset} is used`;
}

function flags(text: string, preset: readonly string[]): readonly string[] | undefined {
  if (text === 'none') return undefined;
  return text === '' ? preset : text.split(/\s+/);
}

function cloneSettings(strategy: GitStrategy, text: (key: string) => string): Pick<GitSettings, 'isNativeClone' | 'cloneFlags'> {
  const isWanted = parseBoolean(text('FF_USE_GIT_NATIVE_CLONE')) ?? false;
  return { isNativeClone: isWanted && strategy === 'clone', cloneFlags: flags(text('GIT_CLONE_EXTRA_FLAGS'), []) ?? [] };
}

function submoduleSettings(payload: JobPayload, text: (key: string) => string): SubmoduleSettings {
  const depth = text('GIT_SUBMODULE_DEPTH');
  return {
    strategy: submoduleStrategy(text('GIT_SUBMODULE_STRATEGY')),
    depth: /^\d{1,9}$/.test(depth) ? Number(depth) : payload.git_info.depth,
    paths: words(text('GIT_SUBMODULE_PATHS')),
    updateFlags: words(text('GIT_SUBMODULE_UPDATE_FLAGS')),
    forcesHttps: parseBoolean(text('GIT_SUBMODULE_FORCE_HTTPS')) ?? false,
  };
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function submoduleStrategy(text: string): SubmoduleSettings['strategy'] {
  switch (text) {
    case '':
    case 'none':
      return 'none';
    case 'normal':
    case 'recursive':
      return text;
    default:
      return { unknown: text };
  }
}
