import type { JobRetry } from './pipeline.ts';

/** Reasons for which GitLab tries nothing again, whatever the file says. */
const NEVER: readonly string[] = [
  'ci_quota_exceeded',
  'no_matching_runner',
  'missing_dependency_failure',
  'forward_deployment_failure',
  'environment_creation_failure',
];

/** Reasons that were split into others: whoever names the old one means all of these too. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  stuck_or_timeout_failure: [
    'stuck_pending_with_matching_runners',
    'stuck_pending_no_matching_runners',
    'no_updates_running',
    'no_updates_canceling',
  ],
  job_execution_timeout: ['server_timeout_running', 'server_timeout_canceling'],
};

/** Whether a job that failed for the `reason`, and has been tried again `tries` times before, is tried again. */
export function isTriedAgain(
  retry: JobRetry,
  failure: { readonly reason: string; readonly exitCode: number | undefined; readonly tries: number },
): boolean {
  if (failure.tries >= retry.max || NEVER.includes(failure.reason)) return false;
  const hasReason = retry.when.some((reason) => ['always', failure.reason].includes(reason) || ALSO[reason]?.includes(failure.reason));
  return hasReason || (failure.exitCode !== undefined && retry.exitCodes.includes(failure.exitCode));
}
