import { deepEqual, equal } from 'node:assert/strict';
import { runJob } from '@fargate-gitlab-runner/testkit';
import { it } from 'vitest';
import { untilLogged } from './kill-at.ts';
import { startTakeoverRig } from './takeover-rig.ts';
import { assertUnharmed, enqueueWitness, tasksOf, traceHas } from './witness-job.ts';
import { until } from './until.ts';

it('a manager that slept while another took its jobs over does no harm when it wakes, and works on', async () => {
  await using rig = await startTakeoverRig({ reconnect_timeout_ms: 1000, owner_stale_ms: 2000 });
  const sleeper = await rig.startManager();
  await sleeper.logged('runner.verified');
  const running = await enqueueWitness(rig);
  const ended = await enqueueWitness(rig);
  for (const job of [running, ended]) await traceHas(rig, job, 'line 30 ');
  await rig.aws.control.failWorkers({ sshRefusedMs: 2500 });
  const connecting = await enqueueWitness(rig, { gate: 'open' });
  await until(async () => (await tasksOf(rig, connecting)).length === 1, 'the third job has a task');

  await sleeper.kill('SIGSTOP');
  const successor = await rig.startManager();
  await successor.logged('job.adopted', 3);
  await ended.openGate();
  await Promise.all([rig.gitlab.control.jobEnd(ended.id), untilLogged(successor, { event: 'stage.started', jobId: running.id })]);
  await sleeper.kill('SIGCONT');
  await sleeper.logged('poll.answered');
  await running.openGate();

  for (const job of [running, ended, connecting]) await assertUnharmed(rig, job);
  await sleeper.logged('job.fenced', 3);
  equal((await sleeper.events()).filter((event) => event.get('event') === 'job.reported').length, 0);
  const stops = (await rig.aws.control.calls()).filter((call) => call.action === 'StopTask');
  equal(stops.length, 3, 'each task was stopped by one manager');

  await successor.kill('SIGTERM');
  const { job } = await runJob(rig, { script: ['true'] });
  deepEqual([job.status, sleeper.exitCode], ['success', null]);
}, 60_000);
