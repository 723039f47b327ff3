/** The failure reasons a runner may know. Source: GitLab runner API, `failure_reason` of the job update. */
export const FAILURE_REASONS = [
  'script_failure',
  'runner_system_failure',
  'job_execution_timeout',
  'image_pull_failure',
  'unknown_failure',
  'runner_configuration_error',
  'runner_external_dependency_failure',
  'runner_interrupted',
  'job_canceled',
] as const;

/** One failure reason. */
export type FailureReason = (typeof FAILURE_REASONS)[number];

const ALWAYS_KNOWN: readonly string[] = ['script_failure', 'runner_system_failure', 'job_execution_timeout'];
const OLDER_NAME: Partial<Record<FailureReason, FailureReason>> = {
  image_pull_failure: 'runner_system_failure',
  runner_configuration_error: 'script_failure',
  runner_external_dependency_failure: 'runner_system_failure',
};

/** The reason as this GitLab understands it: as is when it lists it, else its older equivalent, else `unknown_failure`. */
export function reasonFor(reason: FailureReason, known: readonly string[]): FailureReason {
  const isKnown = (name: FailureReason) => ALWAYS_KNOWN.includes(name) || known.includes(name);
  if (isKnown(reason)) return reason;
  const older = OLDER_NAME[reason];
  return older && isKnown(older) ? older : 'unknown_failure';
}
