/** Every feature flag of the `info` block; all are always sent. Source: GitLab runner API, `info.features`. */
export const RUNNER_FEATURES = [
  'variables',
  'image',
  'services',
  'artifacts',
  'cache',
  'fallback_cache_keys',
  'shared',
  'upload_multiple_artifacts',
  'upload_raw_artifacts',
  'session',
  'terminal',
  'refspecs',
  'masking',
  'proxy',
  'raw_variables',
  'artifacts_exclude',
  'multi_build_steps',
  'trace_reset',
  'trace_checksum',
  'trace_size',
  'vault_secrets',
  'cancelable',
  'return_exit_code',
  'service_variables',
  'service_multiple_aliases',
  'image_executor_opts',
  'service_executor_opts',
  'cancel_gracefully',
  'native_steps_integration',
  'two_phase_job_commit',
  'job_inputs',
] as const;

/** The name of one feature flag. */
export type RunnerFeature = (typeof RUNNER_FEATURES)[number];

/** What the manager tells GitLab about itself in verify, job request and every job update. */
export interface RunnerInfo {
  readonly name: string;
  readonly version: string;
  readonly revision: string;
  readonly platform: string;
  readonly architecture: string;
  readonly executor: string;
  readonly shell: string;
  readonly features: Readonly<Record<RunnerFeature, boolean>>;
  readonly config: { readonly gpus: string };
}

/** All 31 flags, true for those that are kept as promises. */
export function featuresOf(kept: readonly RunnerFeature[]): Record<RunnerFeature, boolean> {
  const flags = RUNNER_FEATURES.map((feature) => [feature, kept.includes(feature)] as const);
  return Object.fromEntries(flags) as Record<RunnerFeature, boolean>;
}
