import { type RunRule, runRule } from './run-masker.ts';

/** Of personal access tokens: masked in every job. */
const ALWAYS = 'glpat-';

/** Beginnings of GitLab's other tokens. Source: GitLab runner, default token prefixes. */
const DEFAULT_PREFIXES = [
  'gloas-',
  'gldt-',
  'glrt-',
  'glcbt-',
  'glrtr-',
  'glptt-',
  'glft-',
  'glimt-',
  'glagent-',
  'glsoat-',
  'glffct-',
  'gltok-',
  '_gitlab_session=',
] as const;

/**
 * The run of letters, digits and `_.=-` after a token prefix is masked, the prefix stays. `more` comes from the job's payload
 * (`features.token_mask_prefixes`). All of them count: GitLab's own runner stops at 15, which would leave some readable. Without
 * `hasDefaults` only that of personal access tokens comes on top of them (`FF_MASK_ALL_DEFAULT_TOKENS`).
 */
export function tokenPrefixes(more: readonly string[], { hasDefaults }: { readonly hasDefaults: boolean }): RunRule {
  const prefixes = [
    ALWAYS,
    ...(hasDefaults ? DEFAULT_PREFIXES : []),
    ...more.map((prefix) => prefix.trim()).filter((prefix) => prefix !== ''),
  ];
  return runRule(prefixes, { ignoresCase: false, isInRun: (byte) => /[A-Za-z0-9_.=-]/.test(String.fromCharCode(byte)) });
}
