import type { CacheLinks } from '../../shell/cache/cache-links.ts';
import { cacheWay } from '../../shell/cache/cache-way.ts';
import type { Directories } from '../../shell/directories.ts';
import { jobFiles } from '../../shell/job-files.ts';
import { type PlannedStage, savesCache } from '../../shell/stage-plan.ts';
import type { TracedJob } from '../drive/traced-job.ts';
import type { WorkerLink } from '../worker/worker-link.ts';
import { relayCache } from './relay-cache.ts';
import type { StageCompany } from './relay-for.ts';
import { serveRelay } from './serve-relay.ts';
import { tellRelayed } from './tell-relayed.ts';

/**
 * The relay that a stage of the cache needs beside it, in a worker without curl; undefined for stages that do without. A stage that was begun
 * with links asks whatever became of ours: an answer that there is none lets it go on, and no answer would not.
 */
export function cacheRelayFor(
  stage: PlannedStage,
  of: { readonly traced: TracedJob; readonly link: WorkerLink; readonly directories: Directories; readonly links: CacheLinks },
): StageCompany | undefined {
  const isRestore = stage.name === 'restore_cache';
  const { tools } = of.traced;
  if (!isRestore && !savesCache(stage)) return undefined;
  if (cacheWay(of.link.state) === 'worker') return undefined;
  const folder = jobFiles(of.directories.tmpDir).cache;
  const room = { clock: tools.clock, link: of.link, carrier: tools.cacheCarrier, links: of.links, archive: `${folder}/archive` };
  return (signal) =>
    serveRelay(
      { clock: tools.clock, link: of.link, place: { ask: `${folder}/ask` } },
      {
        direction: isRestore ? 'download' : 'upload',
        carry: (ask) => relayCache(room, ask, signal),
        onRelayed: tellRelayed('cache.relayed', of.traced),
      },
      signal,
    );
}
