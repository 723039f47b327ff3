import { ManualClock } from '@fargate-gitlab-runner/kernel';
import { expect, it } from 'vitest';
import { placementFacts } from './fleet/placement-facts.test-double.ts';
import { buildPlacement } from './fleet/placement-request.ts';
import { storePlacement } from './fleet/stored-placement.ts';
import { MemoryJobStore } from './store/memory-job-store.test-double.ts';
import { sampleRecord } from './store/sample-record.test-double.ts';
import { claimsOf } from './store-claims.ts';

const request = storePlacement(buildPlacement(placementFacts()));
const record = (jobId: string) => sampleRecord({ jobId, placements: [{ id: `p${jobId}`, region: 'eu-west-1', request }] });

it('the records of a store claim the placements they name, those of driven and unreadable jobs all of theirs', async () => {
  const store = new MemoryJobStore(new ManualClock());
  for (const jobId of ['1', '2', '3', '4']) await store.create(record(jobId));
  await store.replace({ ...record('4'), phase: 'done' }, '1');
  store.corrupt('3', '{"schema":9}');
  const claims = claimsOf({ store, isDriving: (jobId) => jobId === '2', makeId: () => '0'.repeat(24) });
  expect(await claims.all()).toEqual({
    records: 3,
    placements: new Set(['p1']),
    knownJobs: new Set(['2', '3']),
  });
  expect(await claims.storeId()).toBe('0'.repeat(24));
  expect(await Promise.all(['1', '2', '4', '5'].map((jobId) => claims.holds(jobId, `p${jobId}`)))).toEqual([true, true, false, false]);
  expect(await claims.holds('1', 'p9')).toBe(false);
  await expect(claims.holds('3', 'p3')).rejects.toThrow('job 3');
});

it('the task definitions of all records are in use, those of driven jobs too; a record that can not be read leaves that open', async () => {
  const store = new MemoryJobStore(new ManualClock());
  const claims = claimsOf({ store, isDriving: () => true, makeId: () => '0'.repeat(24) });
  expect(await claims.taskDefinitions()).toEqual(new Set());
  await store.create(record('1'));
  expect(await claims.taskDefinitions()).toEqual(new Set(['worker-family']));
  store.corrupt('2', '{"schema":9}');
  await expect(claims.taskDefinitions()).rejects.toThrow("records can't be read: job 2");
});
