import { systemClock } from '@fargate-gitlab-runner/kernel';
import type { ManagerUnderTest } from '@fargate-gitlab-runner/testkit';
import { allSucceeded } from '../all-succeeded.ts';
import { allTalking } from '../all-talking.ts';
import type { Figure, Means, Row } from '../figure.ts';
import { type ProcessUsage, processUsage } from '../process-usage.ts';
import { type Spread, spreadOf } from '../statistics.ts';
import { assertSaidAll, stopTalking } from '../talking-job.ts';

/** The figure is about so many jobs; what fewer need is projected. */
const PROMISED_JOBS = 500;
/** Seconds between two PATCHes of a job: what GitLab asks for while nobody watches the log, and while somebody does. */
const UNWATCHED_S = 60;
const WATCHED_S = 3;
/** More watched jobs than this, and writing their chunks ahead costs the emulated workers more than a small machine has. */
const MOST_WATCHED = 50;
/** So many jobs and more tell how memory grows. */
const MEMORY_SHOWS_FROM = 200;
const SETTLE_MS = 5000;
const SAMPLE_MS = 1000;

/** What a manager needs over a while: CPU of one core, and the most memory seen. */
interface Usage {
  readonly cpuPercent: number;
  readonly rssMegabytes: number;
}

interface Run {
  /** One after the other, after one ramp. */
  readonly windows: readonly Usage[];
  readonly idle: ProcessUsage;
  readonly end: ProcessUsage;
  readonly rampSeconds: number;
  readonly linesPerSecond: Spread;
}

/** What a run is made of. */
interface Plan {
  readonly jobs: number;
  readonly paceS: number;
  readonly windowMs: number;
  readonly windows: number;
}

/** What one manager needs while so many jobs say ten lines a second each. Only the manager's own process is counted. */
export function jobsAtOnce(jobs: number): Figure {
  return {
    name: `jobs-${jobs}`,
    withinMs: 600_000,
    measure: async (means) => {
      const paceS = jobs <= MOST_WATCHED ? WATCHED_S : UNWATCHED_S;
      const plan = means.quick ? { jobs, paceS, windowMs: 15_000, windows: 1 } : { jobs, paceS, windowMs: 60_000, windows: 3 };
      const runs = await runsOf(means, plan);
      return {
        rows: rowsOf(plan, runs),
        details: { ...plan, runs, workerKind: means.rigs.workerKind },
      };
    },
  };
}

/** Managers with one job each don't disturb each other: as many as there would be windows, and one window. */
function runsOf(means: Means, plan: Plan): Promise<readonly Run[]> {
  const managers = plan.jobs === 1 ? plan.windows : 1;
  const windows = plan.windows / managers;
  return Promise.all(Array.from({ length: managers }, () => oneRun(means, { ...plan, windows })));
}

function rowsOf({ jobs, paceS }: Plan, runs: readonly Run[]): Row[] {
  const windows = runs.flatMap((run) => run.windows.map((window) => ({ ...window, idle: run.idle })));
  const at = `${jobs} ${jobs === 1 ? 'job' : 'jobs'} at 10 lines/s, PATCHes every ${paceS} s`;
  const unit = '% of a core';
  const rows: Row[] = [
    { figure: `${at}: CPU of the manager`, unit, values: windows.map(({ cpuPercent }) => cpuPercent) },
    { figure: `${at}: RSS of the manager`, unit: 'MB', values: windows.map(({ rssMegabytes }) => rssMegabytes) },
  ];
  if (jobs === 1) return rows;
  const factor = PROMISED_JOBS / jobs;
  const projected = `${PROMISED_JOBS} jobs, projected from ${jobs}`;
  rows.push({
    figure: `${projected}: CPU x ${factor}`,
    unit,
    target: { must: 'below', limit: 100 },
    values: windows.map(({ cpuPercent }) => cpuPercent * factor),
  });
  // A heap grows in steps: what few jobs add says little about many.
  if (jobs < MEMORY_SHOWS_FROM) return rows;
  return [
    ...rows,
    {
      figure: `${projected}: RSS, idle + ${factor} x what the jobs add`,
      unit: 'MB',
      target: { must: 'below', limit: 400 },
      values: windows.map(({ rssMegabytes, idle }) => idle.rssMegabytes + (rssMegabytes - idle.rssMegabytes) * factor),
    },
  ];
}

async function oneRun({ rigs }: Means, of: Plan): Promise<Run> {
  const rig = await rigs.start({
    gitlab: { updateIntervalSeconds: of.paceS, recordedRequests: 100 },
    runners: [{ name: 'e2e', tags: ['e2e'], limit: of.jobs }],
    config: { gitlab_runner_concurrency: of.jobs, check_interval_ms: 200 },
  });
  const manager = await rig.startManager();
  await manager.logged('manager.started');
  const idle = await processUsage(manager.pid);
  const begun = systemClock.monotonic();
  const jobIds = await allTalking(rig, of.jobs);
  const rampSeconds = (systemClock.monotonic() - begun) / 1000;
  await systemClock.sleep(Math.min(SETTLE_MS, of.windowMs / 10));
  const windows: Usage[] = [];
  while (windows.length < of.windows) windows.push(await usageOver(manager, of.windowMs));
  const end = await processUsage(manager.pid);
  await stopTalking(rig);
  await allSucceeded(rig, jobIds);
  const rates: number[] = [];
  for (const jobId of jobIds) rates.push(await assertSaidAll(rig, jobId));
  await rigs.endWhenStopped(rig);
  return { windows, idle, end, rampSeconds, linesPerSecond: spreadOf(rates) };
}

/** CPU over the window as share of a core, and the most memory seen in it. */
async function usageOver(manager: ManagerUnderTest, windowMs: number): Promise<Usage> {
  const begun = systemClock.monotonic();
  const before = await processUsage(manager.pid);
  let now = before;
  let rssMegabytes = 0;
  while (systemClock.monotonic() - begun < windowMs) {
    await systemClock.sleep(SAMPLE_MS);
    now = await processUsage(manager.pid);
    rssMegabytes = Math.max(rssMegabytes, now.rssMegabytes);
  }
  const seconds = (systemClock.monotonic() - begun) / 1000;
  return { cpuPercent: ((now.cpuSeconds - before.cpuSeconds) / seconds) * 100, rssMegabytes };
}
