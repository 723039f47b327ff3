import { deepEqual, equal } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertWholeTrace, printed, runJob } from '@fargate-gitlab-runner/testkit';
import { it } from 'vitest';
import { untilLogged } from './kill-at.ts';
import { startTakeoverRig } from './takeover-rig.ts';
import { until } from './until.ts';
import { assertUnharmed, enqueueWitness, tasksOf, traceHas } from './witness-job.ts';

const STORES = ['directory', 's3'] as const;

it.each(STORES)(
  'a manager that slept while another took its jobs over does no harm when it wakes, and works on (%s)',
  async (store) => {
    await using rig = await startTakeoverRig({ reconnect_timeout_ms: 1000, owner_stale_ms: 6000 }, store);
    const { control } = rig.gitlab;
    const sleeper = await rig.startManager();
    await sleeper.logged('runner.verified');
    const over = join(rig.folder, 'ticking.over');
    const ticking = await control.enqueueJob({ script: [`while [ ! -e ${over} ]; do echo tick; sleep 0.1; done`] });
    const waiting = await enqueueWitness(rig);
    const ended = await enqueueWitness(rig);
    await Promise.all([printed(rig, ticking.id, 'tick'), traceHas(rig, waiting, 'line 30 '), traceHas(rig, ended, 'line 30 ')]);
    await rig.aws.control.failWorkers({ sshRefusedMs: 2500 });
    const connecting = await enqueueWitness(rig);
    await until(async () => (await tasksOf(rig, connecting)).length === 1, 'the last job has a task');

    await sleeper.kill('SIGSTOP');
    const successor = await rig.startManager();
    await successor.logged('job.adopted', 4);
    await ended.openGate();
    const isResumed = [ticking.id, waiting.id].map((jobId) => untilLogged(successor, { event: 'stage.started', jobId }));
    await Promise.all([control.jobEnd(ended.id), ...isResumed]);
    await sleeper.kill('SIGCONT');
    await untilLogged(sleeper, { event: 'job.fenced', jobId: ticking.id });
    await Promise.all([writeFile(over, ''), waiting.openGate(), connecting.openGate()]);

    for (const job of [waiting, ended, connecting]) await assertUnharmed(rig, job);
    equal((await control.jobEnd(ticking.id)).status, 'success');
    await assertWholeTrace(rig, ticking.id);
    await sleeper.logged('job.fenced', 4);
    equal((await sleeper.events()).filter((event) => event.get('event') === 'job.reported').length, 0);
    await successor.logged('job.reclaimed', 4);
    equal((await rig.aws.control.callCounts()).get('StopTask'), 4, 'each task was stopped by one manager');

    await successor.kill('SIGTERM');
    const { job } = await runJob(rig, { script: ['true'] });
    deepEqual([job.status, sleeper.exitCode], ['success', null]);
  },
  180_000,
);
