import type { Rig } from '@fargate-gitlab-runner/testkit';
import { jobFailure } from './job-failure.ts';

/** Resolves when all these jobs have succeeded; throws at the first that ends otherwise. */
export async function allSucceeded(rig: Rig, jobIds: readonly string[]): Promise<void> {
  const waiting = new Set(jobIds);
  for await (const event of rig.gitlab.control.follow({ kinds: ['job'] })) {
    if (event.kind !== 'job' || !waiting.has(event.jobId)) continue;
    if (event.to === 'failed' || event.to === 'canceled') throw await jobFailure(rig, event.jobId);
    if (event.to === 'success') waiting.delete(event.jobId);
    if (waiting.size === 0) return;
  }
  throw new Error(`GitLab went away while ${waiting.size} jobs were running`);
}
