import type { Random } from '@fargate-gitlab-runner/kernel';
import type { JobStore } from '../store/job-store.ts';

/**
 * The id by which GitLab knows this manager. A released or vanished manager's is taken over, so that restarts don't litter GitLab with
 * managers; while the one before is still there, as in a rolling deploy, a spare one is made, which the next deploy takes in turn.
 * Managers beat before they take one, so a holder that was seen before the heartbeats were read, and has none, is gone; of one that came
 * after, nothing is known.
 */
export async function takeSystemId(
  store: Pick<JobStore, 'owners' | 'systemIds' | 'takeSystemId'>,
  of: { readonly owner: string; readonly random: Random },
): Promise<string> {
  const holders = new Set((await store.systemIds()).map(({ holder }) => holder));
  const beating = new Set((await store.owners()).filter((beat) => !beat.released).map((beat) => beat.owner));
  return store.takeSystemId(
    of.owner,
    (holder) => holders.has(holder) && !beating.has(holder),
    () => `r_${of.random.hex(6)}`,
  );
}
