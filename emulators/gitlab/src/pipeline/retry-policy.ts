import type { JobRetry } from './pipeline.ts';

/** Reasons for which GitLab tries nothing again, whatever the file says. */
const NEVER: readonly string[] = [
  'ci_quota_exceeded',
  'no_matching_runner',
  'missing_dependency_failure',
  'forward_deployment_failure',
  'environment_creation_failure',
];

/** Whether a job that failed for the `reason`, and has been tried again `tries` times before, is tried again. */
export function isTriedAgain(
  retry: JobRetry,
  failure: { readonly reason: string; readonly exitCode: number | undefined; readonly tries: number },
): boolean {
  if (failure.tries >= retry.max || NEVER.includes(failure.reason)) return false;
  const hasReason = retry.when.includes('always') || retry.when.includes(failure.reason);
  return hasReason || (failure.exitCode !== undefined && retry.exitCodes.includes(failure.exitCode));
}
