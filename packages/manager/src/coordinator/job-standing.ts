import type { Answered } from './answer.ts';

/**
 * Where the job stands by an answer about it: `over` when GitLab won't hear of it any more (status 403, or `Job-Status` says canceled
 * or failed), `canceling` when its script is to be stopped. Comes before anything else that the answer says.
 */
export function standingOf({ status, headers }: Answered): 'over' | 'canceling' | 'open' {
  const said = headers['job-status'];
  if (status === 403 || said === 'canceled' || said === 'failed') return 'over';
  return said === 'canceling' ? 'canceling' : 'open';
}
