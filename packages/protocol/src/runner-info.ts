const NOTHING_KEPT = {
  variables: false,
  image: false,
  services: false,
  artifacts: false,
  cache: false,
  fallback_cache_keys: false,
  shared: false,
  upload_multiple_artifacts: false,
  upload_raw_artifacts: false,
  session: false,
  terminal: false,
  refspecs: false,
  masking: false,
  proxy: false,
  raw_variables: false,
  artifacts_exclude: false,
  multi_build_steps: false,
  trace_reset: false,
  trace_checksum: false,
  trace_size: false,
  vault_secrets: false,
  cancelable: false,
  return_exit_code: false,
  service_variables: false,
  service_multiple_aliases: false,
  image_executor_opts: false,
  service_executor_opts: false,
  cancel_gracefully: false,
  native_steps_integration: false,
  two_phase_job_commit: false,
  job_inputs: false,
};

/** The name of one feature flag of the `info` block. Source: GitLab runner API, `info.features`. */
export type RunnerFeature = keyof typeof NOTHING_KEPT;

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
  /** Left out when there are none. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** All 31 flags, for they are always all sent: true for those that are kept as promises, false for the rest. */
export function featuresOf(kept: readonly RunnerFeature[]): Record<RunnerFeature, boolean> {
  const flags = { ...NOTHING_KEPT };
  for (const feature of kept) flags[feature] = true;
  return flags;
}
