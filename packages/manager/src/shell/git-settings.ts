import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import { parseBoolean } from './boolean.ts';
import { type ResolvedVariable, valueIn } from './resolved-variable.ts';

/** What `GIT_STRATEGY` may say. */
export type GitStrategy = 'clone' | 'fetch' | 'none' | 'empty';

/** What the job's variables say about its sources. `warnings` are sentences for the head of the trace. */
export interface GitSettings {
  readonly strategy: GitStrategy;
  readonly hasCheckout: boolean;
  /** Arguments of `git clean`; undefined: don't clean. */
  readonly cleanFlags: readonly string[] | undefined;
  readonly fetchFlags: readonly string[];
  readonly submodules: 'none' | 'normal' | 'recursive' | { readonly unknown: string };
  readonly warnings: readonly string[];
}

/**
 * Reads `GIT_STRATEGY` (default: `fetch` if the payload allows it, else `clone`), `GIT_CHECKOUT` (true), `GIT_CLEAN_FLAGS`
 * (`-ffdx`), `GIT_FETCH_EXTRA_FLAGS` (`--prune --quiet`) and `GIT_SUBMODULE_STRATEGY` (none). Source: reference for job execution, 2.2.
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
    submodules: submoduleStrategy(text('GIT_SUBMODULE_STRATEGY')),
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

function submoduleStrategy(text: string): GitSettings['submodules'] {
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
