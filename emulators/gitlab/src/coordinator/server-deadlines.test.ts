import { expect, test } from 'vitest';
import { startManualRig } from '../rig.test-double.ts';
import { repeatAfterSeconds } from './apply-update.ts';

test.each([
  ['running', 'server_timeout_running'],
  ['canceling', 'server_timeout_canceling'],
] as const)('a job that is %s is failed 15 minutes after its timeout, however lively it is', async (status, failureReason) => {
  await using rig = await startManualRig({ noUpdateTimeoutMs: 3_600_000 });
  const job = await rig.runningJob({ timeoutSeconds: 100 });
  if (status === 'canceling') await rig.gitlab.control.cancelJob(job.id);
  for (let each = 0; each < 9; each++) {
    await rig.clock.advance(110_000);
    expect((await rig.runner.put(job, { state: 'running' })).headers.get('job-status')).toBe(status);
  }
  await rig.clock.advance(10_000);
  expect(await rig.gitlab.control.job(job.id)).toMatchObject({ status: 'failed', failureReason });
  expect((await rig.runner.put(job, { state: 'running' })).status).toBe(403);
});

test('the timeout that counts is that of the runner if it is shorter', async () => {
  await using rig = await startManualRig({});
  await rig.gitlab.control.changeRunner(1, { maximumTimeout: 600 });
  const job = await rig.runningJob();
  await rig.clock.advance(1_499_000);
  expect((await rig.gitlab.control.job(job.id)).status).toBe('running');
  await rig.clock.advance(1000);
  expect((await rig.gitlab.control.job(job.id)).failureReason).toBe('server_timeout_running');
});

test('a job that is being canceled and falls silent ends as no_updates_canceling', async () => {
  await using rig = await startManualRig({ noUpdateTimeoutMs: 1000 });
  const job = await rig.runningJob();
  await rig.gitlab.control.cancelJob(job.id);
  await rig.clock.advance(1000);
  expect(await rig.gitlab.control.job(job.id)).toMatchObject({ status: 'failed', failureReason: 'no_updates_canceling' });
});

test('65 the longer ago the first final update, the longer until the next try', () => {
  const ages = [0, 3.9, 4, 7.9, 8, 16, 32, 64, 127, 128, 299];
  expect(ages.map((age) => repeatAfterSeconds(age * 1000))).toEqual([1, 1, 2, 2, 4, 8, 16, 32, 32, 64, 64]);
});

test('65 a final update is answered 202 while the trace is not stored, and after five minutes it is applied anyway', async () => {
  await using rig = await startManualRig({ pendingTraceMs: 3_600_000 });
  const [job, silent] = [await rig.runningJob(), await rig.runningJob()];
  await rig.runner.patch(job, 0, 'hello');
  const finish = () => rig.runner.finish(job, { state: 'success' }, 'hello');
  const seen = [];
  for (const ms of [0, 10_000, 289_000, 1000]) {
    await rig.clock.advance(ms);
    const { status, headers } = await finish();
    seen.push([status, headers.get('x-gitlab-trace-update-interval'), headers.get('job-status')]);
  }
  expect(seen).toEqual([
    [202, '1', 'running'],
    [202, '4', 'running'],
    [202, '64', 'running'],
    [200, null, 'success'],
  ]);
  expect((await rig.runner.finish(silent, { state: 'success' })).status).toBe(200);
});

test('65 without a checksum a final update is applied at once', async () => {
  await using rig = await startManualRig({ pendingTraceMs: 60_000 });
  const job = await rig.runningJob();
  await rig.runner.patch(job, 0, 'hello');
  expect((await rig.runner.put(job, { state: 'success' })).status).toBe(200);
});

test('66 a manager is seen with new eyes only after 55 minutes', async () => {
  await using rig = await startManualRig({});
  await rig.runner.verify({ info: { features: {}, config: { gpus: '' } } });
  await rig.clock.advance(54 * 60_000);
  await rig.runner.verify();
  expect((await rig.gitlab.control.runners())[0]?.managers[0]?.cancelsGracefully).toBe(false);
  await rig.clock.advance(60_000);
  await rig.runner.verify();
  expect((await rig.gitlab.control.runners())[0]?.managers[0]?.cancelsGracefully).toBe(true);
});

test('57 a queue value lasts an hour', async () => {
  await using rig = await startManualRig({});
  const value = async () => (await rig.runner.request()).headers.get('x-gitlab-last-update');
  const first = await value();
  await rig.clock.advance(3_599_000);
  expect(await value()).toBe(first);
  await rig.clock.advance(1000);
  expect(await value()).not.toBe(first);
});
