import { type Rig, SLIM_FAMILY } from '@fargate-gitlab-runner/testkit';
import type { Figure, Means, Row } from '../figure.ts';
import { jobFailure } from '../job-failure.ts';
import { processUsage } from '../process-usage.ts';

const MEGABYTE = 1_000_000;
const FILE_BYTES = 100_000;
/** What the manager's memory may grow by while artifacts go through it. */
const GROWTH_MEGABYTES = 100;

/** `worker`: it archives and sends by itself. `relay`: it lacks curl, zip and unzip, so its manager does. */
type Way = 'worker' | 'relay';

interface Run {
  readonly way: Way;
  readonly uploadSeconds: number;
  readonly downloadSeconds: number;
  readonly archiveBytes: number;
  readonly managerIdleRssMegabytes: number;
  readonly managerPeakRssMegabytes: number;
  readonly managerCpuSeconds: number;
}

/** 500 MB in 5,000 files, up to GitLab and down again into another worker, both ways; text that packs to three quarters. */
export const artifacts: Figure = {
  name: 'artifacts',
  withinMs: 900_000,
  measure: async (means) => {
    const megabytes = means.quick ? 20 : 500;
    const runs: Run[] = [];
    for (let n = 0; n < (means.quick ? 1 : 3); n++)
      for (const way of ['worker', 'relay'] as const) runs.push(await oneRun(means, way, megabytes));
    return {
      rows: (['worker', 'relay'] as const).flatMap((way) => rowsOf(way, { runs, megabytes })),
      details: { runs, workerKind: means.rigs.workerKind },
    };
  },
};

function rowsOf(way: Way, of: { readonly runs: readonly Run[]; readonly megabytes: number }): Row[] {
  const runs = of.runs.filter((run) => run.way === way);
  const who = way === 'worker' ? 'by the worker itself' : 'through the manager';
  const growth = runs.map((run) => run.managerPeakRssMegabytes - run.managerIdleRssMegabytes);
  return [
    { figure: `artifacts up, ${who}`, unit: 'MB/s', values: runs.map((run) => of.megabytes / run.uploadSeconds) },
    { figure: `artifacts down, ${who}`, unit: 'MB/s', values: runs.map((run) => of.megabytes / run.downloadSeconds) },
    { figure: `RSS growth, artifacts ${who}`, unit: 'MB', target: { must: 'below', limit: GROWTH_MEGABYTES }, values: growth },
  ];
}

async function oneRun({ rigs }: Means, way: Way, megabytes: number): Promise<Run> {
  const entry = way === 'relay' ? { worker_task_definition_arn: SLIM_FAMILY } : {};
  const rig = await rigs.start({ hasSlimWorkers: way === 'relay', runners: [{ name: way, tags: ['bench'], entry }] });
  const manager = await rig.startManager();
  await manager.logged('runner.verified');
  const idle = await processUsage(manager.pid);
  const bytes = megabytes * MEGABYTE;
  const made = await succeeded(rig, {
    name: 'make',
    script: [
      `mkdir d; head -c ${(bytes / 4) * 3} /dev/urandom | base64 -w 0 | split -a 4 -b ${FILE_BYTES} - d/f`,
      `test "$(ls d | wc -l)" -eq ${bytes / FILE_BYTES}`,
      'cat d/* | cksum > sum',
    ],
    payload: { artifacts: [{ paths: ['d', 'sum'] }] },
  });
  await succeeded(rig, {
    script: ['cat d/* | cksum | cmp - sum'],
    payload: { dependencies: [{ id: Number(made), name: 'make', artifacts_file: { filename: 'artifacts.zip' } }] },
  });
  const usage = await processUsage(manager.pid);
  const seconds = async (stage: string) =>
    Number((await manager.events()).find((event) => event.get('event') === 'stage.ended' && event.get('stage') === stage)?.get('seconds'));
  const run: Run = {
    way,
    uploadSeconds: await seconds('upload_artifacts_on_success'),
    downloadSeconds: await seconds('download_artifacts'),
    archiveBytes: (await rig.gitlab.control.job(made)).artifacts[0]?.size ?? 0,
    managerIdleRssMegabytes: idle.rssMegabytes,
    managerPeakRssMegabytes: usage.peakRssMegabytes,
    managerCpuSeconds: usage.cpuSeconds - idle.cpuSeconds,
  };
  await rigs.end(rig);
  return run;
}

async function succeeded(rig: Rig, spec: Parameters<Rig['gitlab']['control']['enqueueJob']>[0]): Promise<string> {
  const variables = [{ key: 'GIT_STRATEGY', value: 'empty' }];
  const { id } = await rig.gitlab.control.enqueueJob({ ...spec, tags: ['bench'], variables });
  const { status } = await rig.gitlab.control.jobEnd(id);
  if (status === 'success') return id;
  throw await jobFailure(rig, id);
}
