import type { ClaimSight, RecordClaims } from './fleet/reaper/record-claims.ts';
import { readPlacement } from './fleet/stored-placement.ts';
import type { JobStore } from './store/job-store.ts';

/** What claims are read from. `isDriving`: whether this process drives the job now, whose record then need not be read. */
export interface ClaimSources {
  readonly store: Pick<JobStore, 'list' | 'read' | 'storeId'>;
  isDriving(jobId: string): boolean;
  /** A fresh id, in case the store has none any more. */
  makeId(): string;
}

/** The records of a job store as the reaper sees them. */
export function claimsOf({ store, isDriving, makeId }: ClaimSources): RecordClaims {
  return {
    storeId: () => store.storeId(makeId),
    all: () => sightOf(store, isDriving),
    holds: async (jobId, placementId) => {
      if (isDriving(jobId)) return true;
      const found = await store.read(jobId);
      return found?.record.placements.some((placement) => placement.id === placementId) ?? false;
    },
    taskDefinitions: () => taskDefinitionsIn(store),
  };
}

async function sightOf(store: ClaimSources['store'], isDriving: ClaimSources['isDriving']): Promise<ClaimSight> {
  const driven = new Set<string>();
  const { records, unreadable } = await store.list((jobId) => {
    const isHere = isDriving(jobId);
    if (isHere) driven.add(jobId);
    return isHere;
  });
  const placements = records.flatMap(({ record }) => record.placements);
  return {
    records: records.length + unreadable.length + driven.size,
    placements: new Set(placements.map(({ id }) => id)),
    knownJobs: new Set([...driven, ...unreadable.map(({ jobId }) => jobId)]),
  };
}

async function taskDefinitionsIn(store: ClaimSources['store']): Promise<ReadonlySet<string>> {
  const { records, unreadable } = await store.list();
  if (unreadable.length > 0) throw new Error(`records can't be read: ${unreadable.map(({ jobId }) => `job ${jobId}`).join(', ')}`);
  const placements = records.flatMap(({ record }) => record.placements);
  return new Set(placements.map(({ request }) => readPlacement(request).runTask.taskDefinition));
}
