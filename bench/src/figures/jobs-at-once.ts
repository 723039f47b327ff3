import { readFile } from 'node:fs/promises';
import { deadlineSignal, systemClock } from '@fargate-gitlab-runner/kernel';
import type { ManagerUnderTest, Rig } from '@fargate-gitlab-runner/testkit';
import { allSucceeded } from '../all-succeeded.ts';
import type { Figure, Means, Row } from '../figure.ts';
import { jobFailure } from '../job-failure.ts';
import { type ProcessUsage, processUsage } from '../process-usage.ts';
import { type Spread, spreadOf } from '../statistics.ts';
import { assertSaidAll, stopTalking, TALKING, TALKING_SCRIPT } from '../talking-job.ts';

/** The figure is about so many jobs; what fewer need is projected. */
const PROMISED_JOBS = 500;
/** Seconds between two PATCHes of a job: what GitLab asks for while nobody watches the log, and while somebody does. */
const UNWATCHED_S = 60;
const WATCHED_S = 3;
/** Fargate starts 20 tasks a second; two thirds of it leave this machine room to start the workers. */
const RAMP_PAUSE_MS = 75;
const RAMP_WITHIN_MS = 180_000;
const SETTLE_MS = 5000;
const SAMPLE_MS = 1000;

/** What a manager needs over a while: CPU of one core, and the most memory seen. */
interface Usage {
  readonly cpuPercent: number;
  readonly rssMegabytes: number;
}

interface Run extends Usage {
  readonly idle: ProcessUsage;
  readonly end: ProcessUsage;
  /** The same once every log is watched. */
  readonly watched?: Usage;
  readonly rampSeconds: number;
  readonly linesPerSecond: Spread;
}

/** What a run is made of. */
interface Plan {
  readonly jobs: number;
  readonly windowMs: number;
  readonly paceS: number;
  /** Whether all logs are watched in the end. */
  readonly isWatched: boolean;
}

/** What one manager needs while so many jobs say ten lines a second each. Only the manager's own process is counted. */
export function jobsAtOnce(jobs: number): Figure {
  return {
    name: `jobs-${jobs}`,
    withinMs: 600_000,
    measure: async (means) => {
      const plan = means.quick ? { jobs, windowMs: 15_000, paceS: 10 } : { jobs, windowMs: 60_000, paceS: UNWATCHED_S };
      const times = means.quick ? 1 : 3;
      const runs: Run[] = [];
      // Managers with one job each don't disturb each other.
      if (jobs === 1) runs.push(...(await Promise.all(Array.from({ length: times }, () => oneRun(means, { ...plan, isWatched: false })))));
      else for (let n = 1; n <= times; n++) runs.push(await oneRun(means, { ...plan, isWatched: jobs === 50 && n === times }));
      const inotifyInstances = Number(await readFile('/proc/sys/fs/inotify/max_user_instances', 'utf8').catch(() => Number.NaN));
      return { rows: rowsOf(jobs, runs), details: { ...plan, runs, inotifyInstances, workerKind: means.rigs.workerKind } };
    },
  };
}

function rowsOf(jobs: number, runs: readonly Run[]): Row[] {
  const at = `${jobs} ${jobs === 1 ? 'job' : 'jobs'} at 10 lines/s`;
  const factor = PROMISED_JOBS / jobs;
  const cpuTarget = { must: 'below', limit: 100 } as const;
  const unit = '% of a core';
  const rows: Row[] = [
    { figure: `${at}: CPU of the manager`, unit, values: runs.map((run) => run.cpuPercent) },
    { figure: `${at}: RSS of the manager`, unit: 'MB', values: runs.map((run) => run.rssMegabytes) },
  ];
  const watched = runs.flatMap((run) => run.watched?.cpuPercent ?? []);
  if (watched.length > 0) {
    rows.push({ figure: `${at}, all logs watched: CPU of the manager`, unit, values: watched });
    const figure = `${PROMISED_JOBS} jobs, all logs watched, projected from ${jobs}: CPU x ${factor}`;
    rows.push({ figure, unit, target: cpuTarget, values: watched.map((percent) => percent * factor) });
  }
  if (jobs < 200) return rows;
  const projected = `${PROMISED_JOBS} jobs, projected from ${jobs}`;
  return [
    ...rows,
    { figure: `${projected}: CPU x ${factor}`, unit, target: cpuTarget, values: runs.map((run) => run.cpuPercent * factor) },
    {
      figure: `${projected}: RSS, idle + ${factor} x what the jobs add`,
      unit: 'MB',
      target: { must: 'below', limit: 400 },
      values: runs.map((run) => run.idle.rssMegabytes + (run.rssMegabytes - run.idle.rssMegabytes) * factor),
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
  const { end, ...measured } = await usageOver(manager, of.windowMs);
  const watched = of.isWatched ? await watchedUsage(rig, manager, of) : undefined;
  await stopTalking(rig);
  await allSucceeded(rig, jobIds);
  const rates: number[] = [];
  for (const jobId of jobIds) rates.push(await assertSaidAll(rig, jobId));
  await rigs.end(rig);
  return { ...measured, ...(watched && { watched }), idle, end, rampSeconds, linesPerSecond: spreadOf(rates) };
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
      if (event.kind === 'job' && event.to === 'failed') throw await jobFailure(rig, event.jobId);
      if (event.kind === 'trace' && event.bytes.includes(TALKING)) silent.delete(event.jobId);
      if (silent.size === 0) return;
    }
  } catch (error) {
    if (!limit.signal.aborted) throw error;
  }
  throw new Error(`${silent.size} jobs have said nothing ${RAMP_WITHIN_MS / 1000} s after the last was enqueued`);
}

/** Somebody opens every log. Each job hears of it with its next PATCH. */
async function watchedUsage(rig: Rig, manager: ManagerUnderTest, of: Plan): Promise<Usage> {
  await rig.gitlab.control.turn({ updateIntervalSeconds: WATCHED_S });
  await systemClock.sleep(of.paceS * 1000 + SETTLE_MS);
  const { cpuPercent, rssMegabytes } = await usageOver(manager, of.windowMs / 2);
  return { cpuPercent, rssMegabytes };
}

async function usageOver(manager: ManagerUnderTest, windowMs: number): Promise<Usage & { readonly end: ProcessUsage }> {
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
