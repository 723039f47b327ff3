import type { ManagerUnderTest, Rig } from '@fargate-gitlab-runner/testkit';
import type { Figure, Means } from '../figure.ts';
import { jobTimes } from '../job-times.ts';
import { processUsage } from '../process-usage.ts';

const MEGABYTE = 1_000_000;

interface Run {
  readonly restoreSeconds: number;
  readonly archiveSeconds: number;
  readonly managerCpuSeconds: number;
  readonly managerPeakRssMegabytes: number;
}

/** How fast a cache of many files is saved, and restored in a worker that has nothing of it. */
export const cacheRestore: Figure = {
  name: 'cache-restore',
  withinMs: 600_000,
  measure: async (means) => {
    const size = means.quick ? { megabytes: 20, files: 200 } : { megabytes: 500, files: 5000 };
    const runs: Run[] = [];
    for (let n = 0; n < (means.quick ? 1 : 3); n++) runs.push(await oneRun(means, size));
    const rate = (seconds: number) => size.megabytes / seconds;
    const what = `cache of ${size.megabytes} MB in ${size.files} files`;
    return {
      rows: [
        { figure: `${what}, restored`, unit: 'MB/s', values: runs.map((run) => rate(run.restoreSeconds)) },
        { figure: `${what}, saved`, unit: 'MB/s', values: runs.map((run) => rate(run.archiveSeconds)) },
        { figure: `${what}: the manager's memory at most`, unit: 'MB', values: runs.map((run) => run.managerPeakRssMegabytes) },
      ],
      details: { runs, ...size, workerKind: means.rigs.workerKind },
    };
  },
};

async function oneRun({ rigs }: Means, { megabytes, files }: { readonly megabytes: number; readonly files: number }): Promise<Run> {
  const rig = await rigs.start({ gitlab: { updateIntervalSeconds: 3 } });
  const manager = await rig.startManager();
  // Text of random bytes: a quarter of it can be compressed away.
  const make = [
    'mkdir deps',
    `head -c ${(megabytes * MEGABYTE * 3) / 4} /dev/urandom | base64 -w 0 | split -a 4 -b ${(megabytes * MEGABYTE) / files} - deps/part-`,
    'cat deps/part-* | cksum > deps/sum',
  ];
  const look = [`test "$(ls deps/part-* | wc -l)" -eq ${files}`, 'test "$(cat deps/part-* | cksum)" = "$(cat deps/sum)"'];
  const saved = await job(rig, make, 'push');
  const restored = await job(rig, look, 'pull');
  const usage = await processUsage(manager.pid);
  const run = {
    restoreSeconds: await stageSeconds(manager, restored, 'restore_cache'),
    archiveSeconds: await stageSeconds(manager, saved, 'archive_cache'),
    managerCpuSeconds: usage.cpuSeconds,
    managerPeakRssMegabytes: usage.peakRssMegabytes,
  };
  await rigs.end(rig);
  return run;
}

/** Runs a job with the cache; gives its id. */
async function job(rig: Rig, script: readonly string[], policy: 'push' | 'pull'): Promise<string> {
  const cache = [{ key: 'bench', paths: ['deps'], policy }];
  const { jobId } = await jobTimes(rig, { script, variables: [{ key: 'GIT_STRATEGY', value: 'empty' }], payload: { cache } });
  return jobId;
}

/** How long a stage of the job took, by the manager's log. */
async function stageSeconds(manager: ManagerUnderTest, jobId: string, stage: string): Promise<number> {
  const event = (await manager.events()).find(
    (one) => one.get('event') === 'stage.ended' && one.get('jobId') === jobId && one.get('stage') === stage,
  );
  if (!event) throw new Error(`the manager's log does not say how long ${stage} took`);
  return Number(event.get('seconds'));
}
