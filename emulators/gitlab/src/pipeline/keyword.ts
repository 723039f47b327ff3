/** Top-level keys that are not jobs. */
export const ROOT_KEYWORDS: readonly string[] = [
  'stages',
  'default',
  'variables',
  'workflow',
  'include',
  'before_script',
  'after_script',
  'image',
  'services',
  'cache',
  'spec',
];

/** What may stand at the top level in place of `default`. */
export const OLD_DEFAULTS: readonly string[] = ['before_script', 'after_script', 'image', 'services', 'cache'];

/** Keys of `default`: what jobs take from there unless they say otherwise. */
export const DEFAULT_KEYWORDS: readonly string[] = [
  'after_script',
  'artifacts',
  'before_script',
  'cache',
  'hooks',
  'id_tokens',
  'identity',
  'image',
  'interruptible',
  'retry',
  'services',
  'tags',
  'timeout',
];

/** Keys of a job. */
export const JOB_KEYWORDS: readonly string[] = [
  ...DEFAULT_KEYWORDS,
  'allow_failure',
  'coverage',
  'dast_configuration',
  'dependencies',
  'environment',
  'except',
  'extends',
  'inherit',
  'inputs',
  'manual_confirmation',
  'needs',
  'only',
  'pages',
  'parallel',
  'publish',
  'release',
  'resource_group',
  'rules',
  'run',
  'script',
  'secrets',
  'stage',
  'start_in',
  'trigger',
  'type',
  'variables',
  'when',
];

/** Keys that GitLab knows and this reader does not. */
export const NOT_YET: readonly string[] = ['dast_configuration', 'identity', 'run'];

/** Keys that GitLab knows and a stand-in can't serve, with the reason. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  id_tokens: 'the stand-in signs no tokens that a cloud or a vault would accept',
  trigger: 'the stand-in has one pipeline at a time, and no other projects',
};
