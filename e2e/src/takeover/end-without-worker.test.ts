import type { Rig } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startTakeoverRig } from './takeover-rig.ts';
import { until } from './until.ts';
import { assertUnharmed, enqueueWitness, recordOf, tasksOf, traceHas } from './witness-job.ts';

describe('a manager that is killed when it has recorded the end of a job', { timeout: 180_000 }, () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startTakeoverRig();
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  it('leaves the whole log to its successor, also when the worker is lost before that comes', async () => {
    const { control } = rig.gitlab;
    const first = await rig.startManager();
    const job = await enqueueWitness(rig, { pauseS: '0.02' });
    await traceHas(rig, job, 'line 30 ');
    await control.addFault({ kind: 'delay', route: 'trace', jobId: job.id, delayMs: 60_000, times: 100 });
    await job.openGate();
    await until(async () => (await recordOf(rig, job)).includes('"phase":"reporting"'), 'the end is recorded');
    await first.kill('SIGKILL');
    for (const task of await tasksOf(rig, job)) {
      await rig.aws.control.stopTask(task, { kind: 'spot' });
      await rig.aws.control.awaitStopped(task);
    }
    await control.clearFaults();
    await rig.startManager();
    await assertUnharmed(rig, job);
  });
});
