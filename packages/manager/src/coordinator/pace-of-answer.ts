import type { Answered } from './answer.ts';

const LONGEST_PACE_SECONDS = 15 * 60;

/**
 * `paceMs` when GitLab names the time between two trace updates (whole seconds above 0, at most 15 min); nothing otherwise. Meant to
 * be spread into a verdict. Source: GitLab runner API, `X-GitLab-Trace-Update-Interval`.
 */
export function paceOf({ headers }: Answered): { readonly paceMs?: number } {
  const text = headers['x-gitlab-trace-update-interval'];
  const seconds = text !== undefined && /^\d+$/.test(text) ? Number(text) : 0;
  return seconds > 0 ? { paceMs: Math.min(seconds, LONGEST_PACE_SECONDS) * 1000 } : {};
}
