import { describe, expect, it } from 'vitest';
import type { ManagerEvent } from './manager-event.ts';
import { Metrics } from './metrics.ts';

const job = { jobId: '7', runner: 'dev' };
const accepted: ManagerEvent = { ...job, name: 'job.accepted', timeoutS: 60 };
const reclaimed: ManagerEvent = { ...job, name: 'job.reclaimed' };

/** The samples after these events, without the name's prefix, comments and zeros. */
async function samples(...events: ManagerEvent[]): Promise<string[]> {
  const metrics = new Metrics();
  for (const event of events) metrics.listen(event);
  const lines = (await metrics.text()).split('\n');
  return lines
    .filter((line) => line && !line.startsWith('#') && !line.endsWith(' 0'))
    .map((line) => line.replace('fargate_gitlab_runner_', ''));
}

describe('Metrics', () => {
  it('counts jobs by runner and ending', async () => {
    const ended = (jobId: string, ending: 'succeeded' | 'failed') => ({ ...job, jobId, name: 'job.ended', ending, seconds: 1 }) as const;
    const counted = await samples(ended('1', 'succeeded'), ended('2', 'succeeded'), ended('3', 'failed'));
    expect(counted).toContain('jobs_total{runner="dev",ending="succeeded"} 2');
    expect(counted).toContain('jobs_total{runner="dev",ending="failed"} 1');
  });

  it('shows how many jobs are driven now', async () => {
    const other: ManagerEvent = { ...accepted, jobId: '8' };
    expect(await samples(accepted, other)).toEqual(['jobs_running{runner="dev"} 2']);
    expect(await samples(accepted, other, reclaimed)).toEqual(['jobs_running{runner="dev"} 1']);
    expect(await samples(accepted, reclaimed)).toEqual([]);
  });

  it('counts a job that is adopted again once', async () => {
    const adopted: ManagerEvent = { ...job, name: 'job.adopted', from: 'a', generation: 2 };
    expect(await samples(adopted, adopted)).toEqual(['jobs_running{runner="dev"} 1']);
  });

  it('lets go of a job that another manager has, and of one whose driving broke', async () => {
    expect(await samples(accepted, { ...job, name: 'job.fenced' })).toEqual([]);
    const broken: ManagerEvent = { ...job, name: 'job.drive_failed', seconds: 1, cause: 'a defect' };
    expect(await samples(accepted, broken)).toEqual(['job_drive_failures_total{runner="dev"} 1']);
  });

  it('keeps a job that is heard of after its driving broke', async () => {
    const broken: ManagerEvent = { ...job, name: 'job.drive_failed', seconds: 1, cause: 'a defect' };
    const reported: ManagerEvent = { ...job, name: 'job.reported', result: 'accepted' };
    expect(await samples(accepted, broken, reported)).toContain('jobs_running{runner="dev"} 1');
  });

  it('counts the bytes that went through it, by what they were of', async () => {
    const relayed = { ...job, bytes: 5, seconds: 1, isDone: true, isAgain: false } as const;
    const counted = await samples(
      { ...relayed, name: 'artifact.relayed', direction: 'upload' },
      { ...relayed, name: 'cache.relayed', direction: 'upload' },
      { ...relayed, name: 'cache.relayed', direction: 'download' },
      { ...relayed, name: 'cache.relayed', direction: 'download' },
    );
    expect(counted.filter((line) => line.startsWith('relayed'))).toEqual([
      'relayed_bytes_total{runner="dev",kind="artifact",direction="upload"} 5',
      'relayed_bytes_total{runner="dev",kind="cache",direction="upload"} 5',
      'relayed_bytes_total{runner="dev",kind="cache",direction="download"} 10',
    ]);
  });

  it('counts placements by outcome', async () => {
    const placed = { ...job, name: 'job.placed', placementId: 'p', taskArn: 't' } as const;
    const failed = { ...job, name: 'placement.failed', placementId: 'p', cause: 'no room', retry: 'later', isCapacity: true } as const;
    const counted = await samples({ ...placed, adopted: false }, { ...placed, adopted: true }, { ...failed, code: 'FR_FLEET_CAPACITY' });
    expect(counted.filter((line) => line.startsWith('placements'))).toEqual([
      'placements_total{runner="dev",outcome="placed"} 1',
      'placements_total{runner="dev",outcome="adopted"} 1',
      'placements_total{runner="dev",outcome="FR_FLEET_CAPACITY"} 1',
    ]);
  });

  it('measures stages in seconds', async () => {
    const stage = { ...job, name: 'stage.ended', stage: 'step_script', attempt: 1, code: 0, cause: 'exit' } as const;
    const counted = await samples({ ...stage, seconds: 0.25 }, { ...stage, seconds: 2 });
    expect(counted).toContain('stage_seconds_sum{stage="step_script"} 2.25');
    expect(counted).toContain('stage_seconds_bucket{le="0.5",stage="step_script"} 1');
    expect(counted).toContain('stage_seconds_count{stage="step_script"} 2');
  });

  it('counts polls by verdict', async () => {
    const none: ManagerEvent = { name: 'poll.answered', runner: 'dev', verdict: 'none' };
    const counted = await samples(none, none, { ...none, verdict: 'refused' }, { name: 'poll.failed', runner: 'dev', cause: 'a defect' });
    expect(counted).toEqual([
      'polls_total{runner="dev",verdict="none"} 2',
      'polls_total{runner="dev",verdict="refused"} 1',
      'polls_total{runner="dev",verdict="exception"} 1',
    ]);
  });

  it('shows workers that did not prove who they are, connections that broke, and what else went wrong', async () => {
    const counted = await samples(
      { ...job, name: 'worker.connected', host: 'h', proof: 'unverified', taskArn: 't' },
      { ...job, name: 'worker.lost', host: 'h' },
      { ...job, name: 'reclaim.failed', taskArn: 't', cause: 'throttled' },
      { name: 'store.failed', operation: 'heartbeat', cause: 'disk full' },
    );
    expect(counted).toEqual(
      expect.arrayContaining([
        'workers_connected_total{runner="dev",proof="unverified"} 1',
        'workers_lost_total{runner="dev"} 1',
        'reclaim_failures_total{runner="dev"} 1',
        'store_failures_total 1',
      ]),
    );
  });

  it('never names a job', async () => {
    expect((await samples(accepted, { ...job, name: 'job.ended', ending: 'succeeded', seconds: 1 })).join()).not.toContain('7');
  });

  it('keeps the series of two managers in one process apart', async () => {
    new Metrics().listen(accepted);
    expect(await samples()).toEqual([]);
  });
});
