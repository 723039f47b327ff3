import type { JobPayload } from '@fargate-gitlab-runner/protocol';

/**
 * What this job asks for and this version doesn't do, one sentence each, for the head of the trace. A job is never failed for it:
 * GitLab was told which features we have.
 */
export function notYet(payload: JobPayload): string[] {
  const wishes: readonly (readonly [isWished: boolean, sentence: string])[] = [
    [payload.image?.name !== undefined, `image: not yet; the job runs in the worker of its runner, not in ${payload.image?.name}`],
    [payload.services.length > 0, `services: not yet; not started: ${payload.services.map(({ name }) => name ?? 'unnamed').join(', ')}`],
  ];
  return wishes.filter(([isWished]) => isWished).map(([, sentence]) => sentence);
}
