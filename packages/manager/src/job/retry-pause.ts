const FIRST_MS = 5000;
const LONGEST_MS = 300_000;
const SHORT_MS = [1000, 2000, 4000, 5000] as const;

/**
 * The wait before a stage's next try, by the number of that try (from 2): 5 s doubling up to 5 min, or 1, 2, 4, 5, 5 s ... where the
 * job has switched FF_USE_EXPONENTIAL_BACKOFF_STAGE_RETRY off. Source: reference for job execution, 1.3.
 */
export function retryPauseMs(attempt: number, isExponential: boolean): number {
  if (!isExponential) return SHORT_MS[attempt - 2] ?? 5000;
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 2));
}
