import { expect, test } from 'vitest';
import { startManualRig, startRig } from '../rig.test-double.ts';
import { PoliteRunner } from './polite-runner.test-double.ts';

test('a job waits, reserved, until its manager says that it runs', async () => {
  await using rig = await startRig({ twoPhaseCommit: true });
  const job = await rig.gitlab.control.enqueueJob();
  expect((await rig.runner.request()).status).toBe(201);
  expect([(await rig.gitlab.control.job(job.id)).status, (await rig.runner.request()).status]).toEqual(['pending', 204]);
  expect((await rig.runner.put(job, { state: 'success' })).status).toBe(400);
  expect((await rig.runner.put(job, { state: 'pending' })).status).toBe(200);
  const answer = await rig.runner.put(job, { state: 'running' });
  expect([answer.status, answer.headers.get('job-status')]).toEqual([200, 'running']);
  expect((await rig.runner.put(job, { state: 'pending' })).status).toBe(409);
  expect((await rig.runner.finish(job, { state: 'success' })).status).toBe(200);
});

test('a reservation that nobody keeps ends after two minutes, and another manager gets the job', async () => {
  await using rig = await startManualRig({ twoPhaseCommit: true });
  const job = await rig.gitlab.control.enqueueJob();
  await rig.runner.request();
  await rig.clock.advance(100_000);
  await rig.runner.put(job, { state: 'pending' });
  await rig.clock.advance(119_000);
  const [runner] = await rig.gitlab.control.runners();
  const other = new PoliteRunner(rig.gitlab.url, runner?.token ?? '', 's_abcdefabcdef');
  expect((await other.request()).status).toBe(204);
  await rig.clock.advance(1000);
  expect((await other.request()).status).toBe(201);
  expect((await other.put(job, { state: 'running' })).status).toBe(200);
  expect((await rig.gitlab.control.job(job.id)).assignment?.systemId).toBe('s_abcdefabcdef');
});

test('without the knob a PUT pending is a 400', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  expect((await rig.runner.put(job, { state: 'pending' })).status).toBe(400);
});
