import { expect, test } from 'vitest';
import { startManualRig, startRig, until } from '../rig.test-double.ts';
import { infoWithout } from './polite-runner.test-double.ts';

test('53 job routes answer 403 to unknown ids and wrong tokens, and say nothing of the job', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  const wrong = [
    await rig.runner.patch({ ...job, id: '999' }, 0, 'a'),
    await rig.runner.patch({ ...job, token: 'glcbt-other' }, 0, 'a'),
    await rig.runner.put({ ...job, token: 'glcbt-other' }, { state: 'success' }),
  ];
  expect(wrong.map((answer) => [answer.status, answer.headers.get('job-status')])).toEqual([
    [403, null],
    [403, null],
    [403, null],
  ]);
  expect((await rig.runner.put(job, { token: undefined, state: 'success' })).status).toBe(400);
});

test('59 a PATCH at another offset than the size is a 416 with that size, and stores nothing', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.patch(job, 0, 'hello');
  for (const from of [0, 3, 6]) {
    const answer = await rig.runner.patch(job, from, 'again');
    expect([answer.status, answer.headers.get('range'), answer.headers.get('job-status')]).toEqual([416, '0-5', null]);
  }
  expect(String(await rig.gitlab.control.trace(job.id))).toBe('hello');
});

test('59 a PATCH without Content-Range is a 400', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  expect((await rig.runner.patch(job, 0, { text: 'hello', headers: { 'content-range': '' } })).status).toBe(400);
});

test('60 an accepted PATCH is a 202 with the state, the new size and the interval', async () => {
  await using rig = await startRig({ updateIntervalSeconds: 7 });
  const job = await rig.runningJob();
  await rig.runner.patch(job, 0, 'hello');
  const { status, headers } = await rig.runner.patch(job, 5, ' you');
  expect([status, headers.get('job-status'), headers.get('range'), headers.get('x-gitlab-trace-update-interval')]).toEqual([
    202,
    'running',
    '0-9',
    '7',
  ]);
  expect(String(await rig.gitlab.control.trace(job.id))).toBe('hello you');
});

test('60 a claimed end over the limit drops the job, before the offset is looked at', async () => {
  await using rig = await startRig({ traceLimitBytes: 10 });
  const job = await rig.runningJob();
  expect((await rig.runner.patch(job, 8, 'abc')).status).toBe(403);
  expect(await rig.gitlab.control.job(job.id)).toMatchObject({ status: 'failed', failureReason: 'trace_size_exceeded' });
});

test('61 PATCH and PUT on a finished job are 403 with the state', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.finish(job, { state: 'success' });
  const answers = [await rig.runner.patch(job, 0, 'late'), await rig.runner.finish(job, { state: 'success' })];
  expect(answers.map((answer) => [answer.status, answer.headers.get('job-status')])).toEqual([
    [403, 'success'],
    [403, 'success'],
  ]);
});

test('62 PUT running is a 200 that tells of a cancel', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  const before = await rig.runner.put(job, { state: 'running' });
  await rig.gitlab.control.cancelJob(job.id);
  const after = await rig.runner.put(job, { state: 'running' });
  expect([before, after].map((answer) => [answer.status, answer.headers.get('job-status')])).toEqual([
    [200, 'running'],
    [200, 'canceling'],
  ]);
  expect((await rig.runner.patch(job, 0, 'still here')).headers.get('job-status')).toBe('canceling');
});

test.each(['success', 'failed'] as const)('63 PUT %s from canceling ends the job as canceled, with 200', async (state) => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.gitlab.control.cancelJob(job.id);
  const answer = await rig.runner.finish(job, { state });
  expect([answer.status, answer.headers.get('job-status')]).toEqual([200, 'canceled']);
});

test.each(['pending', 'canceled', ''])('64 PUT with state "%s" is a 400', async (state) => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  expect((await rig.runner.put(job, { state })).status).toBe(400);
});

test('65 the first final state wins while 202s are given', async () => {
  await using rig = await startRig({ acceptedRepeats: 1 });
  const job = await rig.runningJob();
  const first = await rig.runner.finish(job, { state: 'failed', failure_reason: 'script_failure', exit_code: 42 });
  const second = await rig.runner.finish(job, { state: 'success' });
  expect([first.status, first.headers.get('x-gitlab-trace-update-interval'), second.status]).toEqual([202, '1', 200]);
  expect(await rig.gitlab.control.job(job.id)).toMatchObject({ status: 'failed', failureReason: 'script_failure', exitCode: 42 });
  expect((await rig.gitlab.control.findings()).map(({ rule }) => rule)).toEqual(['final-changed']);
});

test('66 cancel goes by what the manager promised when it was first seen', async () => {
  await using rig = await startRig();
  await rig.runner.verify({ info: infoWithout('cancel_gracefully') });
  const job = await rig.runningJob();
  expect((await rig.gitlab.control.cancelJob(job.id)).status).toBe('canceled');
  const answer = await rig.runner.put(job, { state: 'running' });
  expect([answer.status, answer.headers.get('job-status')]).toEqual([403, 'canceled']);
});

test('66 a forced cancel needs no promise', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  expect((await rig.gitlab.control.cancelJob(job.id, 'graceful')).status).toBe('canceling');
  expect((await rig.gitlab.control.cancelJob(job.id, 'force')).status).toBe('canceled');
});

test('70 the limits of trace and of the other job calls are counted apart, per job', async () => {
  await using rig = await startRig({ rateLimits: { requestPerMinute: 0, tracePerMinute: 1, jobPerMinute: 2 } });
  const job = await rig.runningJob();
  const statuses = [
    await rig.runner.patch(job, 0, 'a'),
    await rig.runner.patch(job, 1, 'b'),
    await rig.runner.put(job, { state: 'running' }),
    await rig.runner.put(job, { state: 'running' }),
  ];
  expect(statuses.map(({ status }) => status)).toEqual([202, 429, 200, 429]);
});

test('a 412 forgets the trace, so that all of it is sent again', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.gitlab.control.turn({ rejectedFinals: 1 });
  await rig.runner.patch(job, 0, 'hello');
  expect((await rig.runner.finish(job, { state: 'success' }, 'hello')).status).toBe(412);
  expect((await rig.runner.patch(job, 0, 'hello')).status).toBe(202);
  expect((await rig.runner.finish(job, { state: 'success' }, 'hello')).status).toBe(200);
});

test('an unknown failure reason is stored as unknown_failure', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.finish(job, { state: 'failed', failure_reason: 'image_pull_failure' });
  expect((await rig.gitlab.control.job(job.id)).failureReason).toBe('unknown_failure');
});

test('a job without updates for too long is dropped, and any call puts that off', async () => {
  await using rig = await startManualRig({ noUpdateTimeoutMs: 1000 });
  const job = await rig.runningJob();
  await rig.clock.advance(900);
  await rig.runner.put(job, { state: 'running' });
  await rig.clock.advance(900);
  expect((await rig.gitlab.control.job(job.id)).status).toBe('running');
  await rig.clock.advance(100);
  expect(await rig.gitlab.control.job(job.id)).toMatchObject({ status: 'failed', failureReason: 'no_updates_running' });
});

test('a pending job that no runner in touch would take says why, and ends as stuck', async () => {
  await using rig = await startManualRig({ stuckTimeoutMs: 1000 });
  await rig.runner.verify();
  const job = await rig.gitlab.control.enqueueJob({ tags: ['gpu', 'big'] });
  expect(job.stuck).toBe('the job wants tags gpu, big; runners in touch: a runner [, untagged jobs]');
  await until(() => rig.clock.sleeping > 0);
  await rig.clock.advance(1000);
  expect(await rig.gitlab.control.job(job.id)).toMatchObject({ status: 'failed', failureReason: 'stuck_pending_no_matching_runners' });
});
