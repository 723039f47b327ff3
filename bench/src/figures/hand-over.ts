import { deadlineSignal, systemClock } from '@fargate-gitlab-runner/kernel';
import type { LoggedEvent, ManagerUnderTest } from '@fargate-gitlab-runner/testkit';
import { allSucceeded } from '../all-succeeded.ts';
import { allTalking } from '../all-talking.ts';
import type { Figure, Means } from '../figure.ts';
import { quantileOf, spreadOf } from '../statistics.ts';
import { assertSaidAll, stopTalking } from '../talking-job.ts';

const JOBS = 200;
const HANDED_OVER_WITHIN_MS = 120_000;
const LOOK_MS = 100;

interface HandOver {
  readonly jobs: number;
  /** Seconds from SIGTERM. */
  readonly exit: number;
  readonly lastAdopted: number;
  /** One per job: until its output was followed again. */
  readonly pauses: readonly number[];
}

/** A manager with so many jobs is told to go while another one stands by, over S3 and with the times of production. */
export const handOver: Figure = {
  name: 'hand-over',
  withinMs: 900_000,
  measure: async (means) => {
    const jobs = means.quick ? 4 : JOBS;
    const runs: HandOver[] = [];
    while (runs.length < (means.quick ? 1 : 3)) runs.push(await oneHandOver(means, jobs));
    const unit = 's';
    const at = `hand-over of ${jobs} jobs`;
    return {
      rows: [
        {
          figure: `${at}: SIGTERM to the end of the process`,
          unit,
          target: { must: 'below', limit: 20 },
          values: runs.map(({ exit }) => exit),
        },
        { figure: `${at}: SIGTERM to the last claim`, unit, values: runs.map(({ lastAdopted }) => lastAdopted) },
        { figure: `${at}: pause of a job, median`, unit, values: runs.map(({ pauses }) => spreadOf(pauses).median) },
        { figure: `${at}: pause of a job, p99`, unit, values: runs.map(({ pauses }) => quantileOf(pauses, 0.99)) },
      ],
      details: { runs, workerKind: means.rigs.workerKind },
    };
  },
};

async function oneHandOver({ rigs }: Means, jobs: number): Promise<HandOver> {
  const rig = await rigs.start({
    store: 's3',
    gitlab: { updateIntervalSeconds: 60, recordedRequests: 100 },
    runners: [{ name: 'e2e', tags: ['e2e'], limit: jobs }],
    config: { gitlab_runner_concurrency: jobs, check_interval_ms: 200, telemetry: { log_level: 'debug' } },
  });
  const first = await rig.startManager();
  await first.logged('runner.verified');
  const jobIds = await allTalking(rig, jobs);
  const second = await rig.startManager();
  await second.logged('runner.verified');
  const toldAt = systemClock.now();
  await first.kill('SIGTERM');
  const exit = (systemClock.now() - toldAt) / 1000;
  const resumed = await eventsOfJobs(second, jobIds, isResumed);
  const adopted = await eventsOfJobs(second, jobIds, (event) => event.get('event') === 'job.adopted');
  await stopTalking(rig);
  await allSucceeded(rig, jobIds);
  for (const jobId of jobIds) await assertSaidAll(rig, jobId);
  await rigs.endWhenStopped(rig);
  const since = (event: LoggedEvent) => (Date.parse(event.get('time') ?? '') - toldAt) / 1000;
  return { jobs, exit, lastAdopted: spreadOf(adopted.map(since)).max, pauses: resumed.map(since) };
}

/** The first such event of each job; waits for it. */
async function eventsOfJobs(
  manager: ManagerUnderTest,
  jobIds: readonly string[],
  isMeant: (event: LoggedEvent) => boolean,
): Promise<LoggedEvent[]> {
  using limit = deadlineSignal(systemClock, HANDED_OVER_WITHIN_MS);
  for (;;) {
    const events = (await manager.events()).filter(isMeant);
    const first = jobIds.flatMap((jobId) => events.find((event) => event.get('jobId') === jobId) ?? []);
    if (first.length === jobIds.length) return first;
    await systemClock.sleep(LOOK_MS, limit.signal);
  }
}

function isResumed(event: LoggedEvent): boolean {
  return event.get('event') === 'stage.started' && event.get('resumed') === 'true';
}
