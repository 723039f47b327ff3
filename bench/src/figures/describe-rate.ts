import { deadlineSignal, systemClock } from '@fargate-gitlab-runner/kernel';
import type { Rig } from '@fargate-gitlab-runner/testkit';
import type { Figure } from '../figure.ts';

const WORKERS = 500;
/** No worker shows an address before the measuring is over: all of them are starting all the time. */
const STARTING_MS = 3_600_000;
const RAMP_WITHIN_MS = 300_000;
const LOOK_MS = 500;

/**
 * Calls of one manager while so many workers start: DescribeTasks a second, and all that a job costs until it has its task. Tasks have no processes; everything else is as in production: documented
 * rates, eventual consistency, default pace.
 */
export const describeRate: Figure = {
  name: 'describe-rate',
  withinMs: 600_000,
  measure: async ({ quick, rigs }) => {
    const workers = quick ? 20 : WORKERS;
    const windowMs = quick ? 3000 : 60_000;
    const rig = await rigs.start({
      store: 's3',
      runners: [{ name: 'e2e', tags: ['e2e'], limit: workers }],
      aws: { worker: { kind: 'none' }, timing: { profile: 'instant', provisioningMs: STARTING_MS }, describeMissingMs: 500 },
      config: { gitlab_runner_concurrency: workers, check_interval_ms: 200, timing: { placement_timeout_ms: 3_600_000 } },
    });
    await rig.startManager();
    for (let job = 0; job < workers; job++) await rig.gitlab.control.enqueueJob({ script: ['true'], timeoutSeconds: 7200 });
    await allStarting(rig, workers);
    const ramp = await rig.aws.control.callCounts();
    const writes = ((await rig.aws.control.s3CallCounts()).get('PutObject') ?? 0) / workers;
    const perSecond: number[] = [];
    for (let window = 0; window < (quick ? 1 : 3); window++) perSecond.push(await describesOver(rig, windowMs));
    const counts = await rig.aws.control.callCounts();
    await rigs.end(rig);
    return {
      rows: [
        {
          figure: `DescribeTasks calls with ${workers} workers starting`,
          unit: 'per second',
          target: { must: 'below', limit: 6 },
          values: perSecond,
        },
        ...['RunTask', 'DescribeTasks'].map((action) => ({
          figure: `${action} calls a job until ${workers} of them have a task`,
          unit: 'calls',
          values: [(ramp.get(action) ?? 0) / workers],
        })),
        { figure: `store writes a job until ${workers} of them have a task, heartbeats included`, unit: 'PUT', values: [writes] },
      ],
      details: { workers, windowMs, calls: Object.fromEntries(counts) },
    };
  },
};

/** Resolves when every job has a task. */
async function allStarting(rig: Rig, workers: number): Promise<void> {
  using limit = deadlineSignal(systemClock, RAMP_WITHIN_MS);
  while ((await rig.aws.control.tasks()).length < workers) await systemClock.sleep(LOOK_MS, limit.signal);
}

async function describesOver(rig: Rig, windowMs: number): Promise<number> {
  const begun = systemClock.monotonic();
  const before = await describes(rig);
  await systemClock.sleep(windowMs);
  const seconds = (systemClock.monotonic() - begun) / 1000;
  return ((await describes(rig)) - before) / seconds;
}

async function describes(rig: Rig): Promise<number> {
  return (await rig.aws.control.callCounts()).get('DescribeTasks') ?? 0;
}
