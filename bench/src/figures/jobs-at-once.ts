import { readFile } from 'node:fs/promises';
import { deadlineSignal, systemClock } from '@fargate-gitlab-runner/kernel';
import type { ManagerUnderTest, Rig } from '@fargate-gitlab-runner/testkit';
import { allSucceeded } from '../all-succeeded.ts';
import type { Figure, Means, Row } from '../figure.ts';
import { type ProcessUsage, processUsage } from '../process-usage.ts';
import { type Spread, spreadOf } from '../statistics.ts';
import { assertSaidAll, stopTalking, TALKING, TALKING_SCRIPT } from '../talking-job.ts';

/** The figure is about so many jobs; what fewer need is projected. */
const PROMISED_JOBS = 500;
/** Fargate starts 20 tasks a second; two thirds of it leave this machine room to start the workers. */
const RAMP_PAUSE_MS = 75;
const RAMP_WITHIN_MS = 120_000;
const SETTLE_MS = 5000;
const SAMPLE_MS = 1000;

interface Run {
  /** Of one core. */
  readonly cpuPercent: number;
  readonly rssMegabytes: number;
  readonly idle: ProcessUsage;
  readonly end: ProcessUsage;
  readonly rampSeconds: number;
  readonly linesPerSecond: Spread;
}

/** What one manager needs while so many jobs say ten lines a second each. Only the manager's own process is counted. */
export function jobsAtOnce(jobs: number): Figure {
  return {
    name: `jobs-${jobs}`,
    withinMs: 600_000,
    measure: async (means) => {
      const windowMs = means.quick ? 15_000 : 60_000;
      const runs: Run[] = [];
      // Three managers with one job each don't disturb each other.
      if (jobs === 1 && !means.quick) runs.push(...(await Promise.all([1, 2, 3].map(() => oneRun(means, { jobs, windowMs })))));
      else for (let n = 0; n < (means.quick ? 1 : 3); n++) runs.push(await oneRun(means, { jobs, windowMs }));
      const inotifyInstances = Number(await readFile('/proc/sys/fs/inotify/max_user_instances', 'utf8').catch(() => Number.NaN));
      return {
        rows: rowsOf(jobs, runs),
        details: { windowMs, runs, inotifyInstances, workerKind: means.rigs.workerKind },
      };
    },
  };
}

function rowsOf(jobs: number, runs: readonly Run[]): Row[] {
  const at = `${jobs} ${jobs === 1 ? 'job' : 'jobs'} at 10 lines/s`;
  const measured: Row[] = [
    { figure: `${at}: CPU of the manager`, unit: '% of a core', values: runs.map((run) => run.cpuPercent) },
    { figure: `${at}: RSS of the manager`, unit: 'MB', values: runs.map((run) => run.rssMegabytes) },
  ];
  if (jobs < 200) return measured;
  const factor = PROMISED_JOBS / jobs;
  const projected = `${PROMISED_JOBS} jobs, projected from ${jobs}`;
  return [
    ...measured,
    {
      figure: `${projected}: CPU x ${factor}`,
      unit: '% of a core',
      target: { must: 'below', limit: 100 },
      values: runs.map((run) => run.cpuPercent * factor),
    },
    {
      figure: `${projected}: RSS, idle + ${factor} x what the jobs add`,
      unit: 'MB',
      target: { must: 'below', limit: 400 },
      values: runs.map((run) => run.idle.rssMegabytes + (run.rssMegabytes - run.idle.rssMegabytes) * factor),
    },
  ];
}

async function oneRun({ rigs }: Means, of: { readonly jobs: number; readonly windowMs: number }): Promise<Run> {
  const rig = await rigs.start({
    gitlab: { updateIntervalSeconds: 3, recordedRequests: 100 },
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
  const { end, ...measured } = await watched(manager, of.windowMs);
  await stopTalking(rig);
  await allSucceeded(rig, jobIds);
  const rates: number[] = [];
  for (const jobId of jobIds) rates.push(await assertSaidAll(rig, jobId));
  await rigs.end(rig);
  return { ...measured, idle, end, rampSeconds, linesPerSecond: spreadOf(rates) };
}

/** Starts the jobs gently; resolves with their ids when GitLab has the first line of each. */
async function allTalking(rig: Rig, jobs: number): Promise<readonly string[]> {
  const jobIds: string[] = [];
  for (let n = 0; n < jobs; n++) {
    jobIds.push((await rig.gitlab.control.enqueueJob({ script: [TALKING_SCRIPT] })).id);
    await systemClock.sleep(RAMP_PAUSE_MS);
  }
  await allHeard(rig, new Set(jobIds));
  return jobIds;
}

/** Resolves when GitLab has the first line of each of these jobs. */
async function allHeard(rig: Rig, silent: Set<string>): Promise<void> {
  using limit = deadlineSignal(systemClock, RAMP_WITHIN_MS);
  try {
    for await (const event of rig.gitlab.control.follow({ kinds: ['trace', 'job'], signal: limit.signal })) {
      if (event.kind === 'job' && event.to === 'failed') throw new Error(`job ${event.jobId} failed: ${event.failureReason}`);
      if (event.kind === 'trace' && event.bytes.includes(TALKING)) silent.delete(event.jobId);
      if (silent.size === 0) return;
    }
  } catch (error) {
    if (!limit.signal.aborted) throw error;
  }
  throw new Error(`${silent.size} jobs have said nothing ${RAMP_WITHIN_MS / 1000} s after the last was enqueued`);
}

/** CPU over the window as share of a core, and the most memory seen in it. */
async function watched(manager: ManagerUnderTest, windowMs: number): Promise<Pick<Run, 'cpuPercent' | 'rssMegabytes' | 'end'>> {
  const begun = systemClock.monotonic();
  const before = await processUsage(manager.pid);
  let end = before;
  let rssMegabytes = 0;
  while (systemClock.monotonic() - begun < windowMs) {
    await systemClock.sleep(SAMPLE_MS);
    end = await processUsage(manager.pid);
    rssMegabytes = Math.max(rssMegabytes, end.rssMegabytes);
  }
  const seconds = (systemClock.monotonic() - begun) / 1000;
  return { cpuPercent: ((end.cpuSeconds - before.cpuSeconds) / seconds) * 100, rssMegabytes, end };
}
