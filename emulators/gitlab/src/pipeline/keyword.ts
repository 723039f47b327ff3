/** Top-level keys that are not jobs and that the reader understands. */
export const ROOT_KEYWORDS: readonly string[] = ['stages', 'default', 'variables', 'before_script', 'after_script', 'image'];

/** Top-level keys of GitLab that the reader does not know yet. */
export const ROOT_NOT_YET: readonly string[] = ['include', 'workflow', 'spec', 'cache', 'services', 'types'];

/** Keys of `default` that the reader understands. */
export const DEFAULT_KEYWORDS: readonly string[] = ['before_script', 'after_script', 'tags', 'timeout', 'image'];

/** Keys of `default` that the reader does not know yet. */
export const DEFAULT_NOT_YET: readonly string[] = [
  'artifacts',
  'cache',
  'hooks',
  'id_tokens',
  'identity',
  'interruptible',
  'retry',
  'services',
];

/** Keys of a job that the reader understands. */
export const JOB_KEYWORDS: readonly string[] = [
  'stage',
  'script',
  'before_script',
  'after_script',
  'variables',
  'tags',
  'when',
  'allow_failure',
  'timeout',
  'image',
];

/** Keys of a job that the reader does not know yet. */
export const JOB_NOT_YET: readonly string[] = [
  ...DEFAULT_NOT_YET,
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
  'secrets',
  'start_in',
  'trigger',
];
