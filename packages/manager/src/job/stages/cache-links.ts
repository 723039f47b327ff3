import { deadlineSignal } from '@fargate-gitlab-runner/kernel';
import type { CacheLink, CacheLinks } from '../../shell/cache/cache-links.ts';
import { isSaved } from '../../shell/cache/archive-cache.ts';
import { type CacheFacts, jobCaches } from '../../shell/cache/job-caches.ts';
import { keysToRestore } from '../../shell/cache/restore-cache.ts';
import type { PlannedStage } from '../../shell/stage-plan.ts';
import type { TracedJob } from '../drive/traced-job.ts';

/** Credentials come from AWS: a cache is not worth a longer wait. */
const SIGNED_WITHIN_MS = 10_000;

/**
 * Links for the caches of a stage, signed when it is about to run: a successor signs its own. What they give away is masked in the trace
 * from here on. No trouble with the store is trouble for the job.
 */
export async function cacheLinksFor(stage: PlannedStage, traced: TracedJob, facts: CacheFacts): Promise<CacheLinks> {
  const { cache, clock } = traced.tools;
  const wanted = wantedBy(stage, facts);
  if (!cache || !wanted) return { kind: 'none' };
  const { deadlineAt, payload } = traced.job.record;
  const of = { shortToken: traced.facts.shortToken, projectId: payload.job_info.project_id ?? '0' };
  const wish = { direction: wanted.direction, lifeS: (deadlineAt - clock.now()) / 1000 };
  const sign = async (key: string): Promise<readonly [string, CacheLink]> => [key, await cache.link({ ...of, key }, wish)];
  using deadline = deadlineSignal(clock, SIGNED_WITHIN_MS, traced.control.work);
  try {
    const links = new Map(await Promise.race([Promise.all(wanted.keys.map(sign)), whenAborted(deadline.signal)]));
    traced.trace.useMasks([...links.values()].flatMap(secretsIn));
    return { kind: 'links', links };
  } catch (error) {
    traced.control.work.throwIfAborted();
    return { kind: 'unreachable', cause: error instanceof Error ? error.message : String(error) };
  }
}

function wantedBy(stage: PlannedStage, facts: CacheFacts) {
  const unique = (keys: readonly string[]) => [...new Set(keys)];
  switch (stage.name) {
    case 'restore_cache':
      return {
        direction: 'read' as const,
        keys: unique(
          jobCaches(facts)
            .flatMap(keysToRestore)
            .map(({ key }) => key),
        ),
      };
    case 'archive_cache':
    case 'archive_cache_on_failure': {
      const caches = jobCaches(facts, stage.name === 'archive_cache' ? 'on_success' : 'on_failure').filter(isSaved);
      return { direction: 'write' as const, keys: unique(caches.flatMap(({ key }) => (key ? [key.key] : []))) };
    }
    default:
      return undefined;
  }
}

/** The whole address, and each parameter that proves a permission. */
function secretsIn({ url }: CacheLink): string[] {
  const proofs = ['X-Amz-Signature', 'X-Amz-Security-Token'].map((name) => new URL(url).searchParams.get(name) ?? '');
  return [url, ...proofs.flatMap((proof) => [proof, encodeURIComponent(proof)])].filter((secret) => secret !== '');
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}
