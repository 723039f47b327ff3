import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import { parseBoolean } from './boolean.ts';

/** GitLab's feature flags that this runner honours, with their defaults. All other flags are as good as unknown here. */
const DEFAULTS: ReadonlyMap<string, boolean> = new Map([
  ['FF_TIMESTAMPS', true],
  ['FF_MASK_ALL_DEFAULT_TOKENS', true],
  ['FF_USE_EXPONENTIAL_BACKOFF_STAGE_RETRY', true],
  ['FF_SECRET_RESOLVING_FAILS_IF_MISSING', true],
  ['FF_ENABLE_JOB_INPUTS_INTERPOLATION', true],
  ['FF_USE_GIT_NATIVE_CLONE', false],
]);

/**
 * The value of every feature flag that this runner honours, under its name: the operator's word first, then the job's last
 * definition, then the default. A value that is no boolean counts as not given.
 */
export function resolveFeatureFlags(
  payload: JobPayload,
  environment: readonly (readonly [key: string, value: string])[],
): ReadonlyMap<string, boolean> {
  const byOperator = new Map(environment);
  const byJob = new Map(payload.variables.map(({ key, value }) => [key, value]));
  return new Map(
    [...DEFAULTS].map(([flag, preset]) => [flag, parseBoolean(byOperator.get(flag)) ?? parseBoolean(byJob.get(flag)) ?? preset]),
  );
}
