import { deepEqual, equal } from 'node:assert/strict';
import { assertWholeTrace, type ManagerUnderTest, type Rig, traceLines } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startTakeoverRig } from './takeover-rig.ts';
import { assertReclaimed, enqueueWitness, recordOf, tasksOf, traceHas, type WitnessJob } from './witness-job.ts';
import { until } from './until.ts';

let rig: Rig;
let manager: ManagerUnderTest;

beforeAll(async () => {
  rig = await startTakeoverRig({ kill_grace_ms: 1000 });
  manager = await rig.startManager();
  await manager.logged('runner.verified');
}, 180_000);

afterAll(() => rig[Symbol.asyncDispose]());

describe('a job that is canceled while its script runs', { timeout: 180_000 }, () => {
  let asked: WitnessJob;
  let forced: WitnessJob;

  beforeAll(async () => {
    asked = await enqueueWitness(rig, { gate: 'open', pauseS: '1' });
    forced = await enqueueWitness(rig, { gate: 'open', pauseS: '1' });
    for (const job of [asked, forced]) await traceHas(rig, job, 'line 2 ');
    await rig.gitlab.control.cancelJob(asked.id);
    await rig.gitlab.control.cancelJob(forced.id, 'force');
  }, 180_000);

  it('33: is stopped, runs its after_script, and is reported', () => assertCanceled(asked, ['step 1', 'after canceled']));
  it('34: is dropped without another word when GitLab does not wait for it', () => assertDropped(forced, ['step 1']));
});

describe('a job that is canceled while no manager runs', { timeout: 180_000 }, () => {
  let asked: WitnessJob;
  let forced: WitnessJob;
  let unconnected: WitnessJob;
  let unstarted: WitnessJob;

  beforeAll(async () => {
    asked = await enqueueWitness(rig);
    forced = await enqueueWitness(rig);
    for (const job of [asked, forced]) await traceHas(rig, job, 'line 30 ');
    await rig.aws.control.failWorkers({ sshRefusedMs: 20_000 });
    unconnected = await enqueueWitness(rig);
    await until(async () => (await tasksOf(rig, unconnected)).length === 1, 'the job has a task');
    // Until GitLab has answered that the job runs, it gets no task.
    await rig.gitlab.control.addFault({ kind: 'drop', route: 'update', times: 1000, delayMs: 60_000 });
    unstarted = await enqueueWitness(rig);
    await until(() => recordOf(rig, unstarted).then(Boolean, () => false), 'the last job is recorded');
    await manager.kill('SIGKILL');
    await rig.gitlab.control.clearFaults();
    for (const job of [asked, unconnected, unstarted]) equal((await rig.gitlab.control.cancelJob(job.id)).status, 'canceling');
    await rig.gitlab.control.cancelJob(forced.id, 'force');
    manager = await rig.startManager();
  }, 180_000);

  it('is stopped by the successor, runs its after_script, and is reported', () => assertCanceled(asked, ['step 1', 'after canceled']));
  it('is dropped by the successor, and its task stopped, when GitLab did not wait', () => assertDropped(forced, ['step 1']));
  it('runs nothing when its worker had not answered yet', () => assertCanceled(unconnected, []));
  it('gets no worker at all when it had none yet', () => assertCanceled(unstarted, [], 0));
});

async function assertCanceled(job: WitnessJob, marks: readonly string[], tasks = 1): Promise<void> {
  const { status } = await rig.gitlab.control.jobEnd(job.id);
  deepEqual([status, await job.marks()], ['canceled', marks]);
  await assertWholeTrace(rig, job.id);
  const lines = traceLines(await rig.gitlab.control.trace(job.id));
  equal(lines.filter((line) => line === 'after_script ran').length, marks.length > 1 ? 1 : 0, lines.join('\n'));
  equal(lines.filter((line) => line === 'ERROR: Job failed: canceled').length, 1, lines.join('\n'));
  await assertReclaimed(rig, job, tasks);
}

/** Nothing of it reached GitLab after the cancel: no report, and no finding. */
async function assertDropped(job: WitnessJob, marks: readonly string[]): Promise<void> {
  await assertReclaimed(rig, job);
  const { status, updates } = await rig.gitlab.control.job(job.id);
  deepEqual([status, await job.marks(), updates.filter(({ state }) => state !== 'running')], ['canceled', marks, []]);
  deepEqual(await rig.gitlab.control.findings(), []);
}
