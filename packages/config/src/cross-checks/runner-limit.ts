import type { CrossCheck } from './cross-check.ts';

/** A limit that the manager's own concurrency never lets a runner reach is worth a word. */
export const checkRunnerLimits: CrossCheck = ({ draft, runners }) => {
  const concurrency = draft.gitlab_runner_concurrency;
  if (concurrency === undefined) return [];
  return runners
    .filter((runner) => (runner.values.limit ?? 0) > concurrency)
    .map((runner) => ({ code: 'FR_CONFIG_LIMIT_ABOVE_CONCURRENCY', path: [...runner.path, 'limit'], allowed: `at most ${concurrency}` }));
};
