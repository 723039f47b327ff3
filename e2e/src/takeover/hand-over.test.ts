import { deepEqual, equal } from 'node:assert/strict';
import type { ManagerUnderTest, Rig } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startTakeoverRig } from './takeover-rig.ts';
import { until } from './until.ts';
import { assertUnharmed, enqueueWitness, traceHas, type WitnessJob } from './witness-job.ts';

/** No owner is stale within this test: whoever takes jobs over does so because they were released. */
const NEVER_MS = 600_000;

describe.each(['directory', 's3'] as const)('managers that are told to go, one after the other (%s)', { timeout: 180_000 }, (store) => {
  let rig: Rig;
  let job: WitnessJob;
  let first: ManagerUnderTest;
  let second: ManagerUnderTest;
  let third: ManagerUnderTest;

  beforeAll(async () => {
    rig = await startTakeoverRig({ owner_stale_ms: NEVER_MS }, store);
    first = await rig.startManager();
    job = await enqueueWitness(rig);
    await traceHas(rig, job, 'line 30 ');
  }, 180_000);

  afterAll(() => rig[Symbol.asyncDispose]());

  it('hand a job over to one that was there before (SIGTERM)', async () => {
    second = await rig.startManager();
    await second.logged('runner.verified');
    await first.kill('SIGTERM');
    equal(first.exitCode, 0);
    await second.logged('job.adopted');
  });

  it('hand a job over to one that comes later, which goes by the name of one that has gone', async () => {
    await second.kill('SIGTERM');
    equal(second.exitCode, 0);
    third = await rig.startManager();
    await third.logged('job.adopted');
    await third.logged('runner.verified');
    const managers = (await rig.gitlab.control.runners()).flatMap((runner) => runner.managers.map(({ systemId }) => systemId));
    equal(new Set(managers).size, 2, `GitLab knows ${managers.join(', ')}`);
  });

  it('finish their jobs first when they are asked to (SIGQUIT), and take no more', async () => {
    const gone = third.kill('SIGQUIT');
    await third.logged('manager.draining');
    // What was asked before may still be answered with a job, and that is finished, too.
    await until(async () => (await lastAsked(rig))?.status !== undefined, 'the last question for jobs is answered');
    const late = await enqueueWitness(rig, { gate: 'open' });
    await job.openGate();
    await gone;
    equal(third.exitCode, 0);
    await assertUnharmed(rig, job);
    equal((await rig.gitlab.control.job(late.id)).status, 'pending');
    const fourth = await rig.startManager();
    await assertUnharmed(rig, late);
    await fourth.kill('SIGTERM');
  });

  it('end at once when they are told twice', async () => {
    const impatient = await rig.startManager();
    const endless = await enqueueWitness(rig);
    await traceHas(rig, endless, 'line 30 ');
    const gone = impatient.kill('SIGQUIT');
    await impatient.logged('manager.draining');
    await Promise.all([gone, impatient.kill('SIGTERM')]);
    deepEqual([impatient.exitCode, (await rig.gitlab.control.job(endless.id)).status], [130, 'running']);
  });
});

async function lastAsked(rig: Rig) {
  const requests = await rig.gitlab.control.requests();
  return requests.findLast(({ route }) => route === 'request');
}
