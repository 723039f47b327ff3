import { expect, test } from 'vitest';
import { startManualRig, startRig, until } from '../rig.test-double.ts';
import { infoWithout, PoliteRunner } from './polite-runner.test-double.ts';

test('53 a job request without token is a 400, one with an unknown token a 403', async () => {
  await using rig = await startRig();
  expect((await rig.runner.request({ token: undefined })).status).toBe(400);
  expect((await rig.runner.request({ token: 'glrt-unknown' })).status).toBe(403);
});

test('54 a job with tags goes only to a runner that has them all', async () => {
  await using rig = await startRig({}, { tags: ['dev'] });
  await rig.gitlab.control.enqueueJob({ tags: ['dev', 'tool1'] });
  expect((await rig.runner.request()).status).toBe(204);
  const { token } = await rig.gitlab.control.createRunner({ tags: ['tool1', 'dev', 'more'] });
  expect((await new PoliteRunner(rig.gitlab.url, token).request()).status).toBe(201);
});

test('54 a job without tags goes only to a runner that takes untagged jobs', async () => {
  await using rig = await startRig({}, { tags: ['dev'], runUntagged: false });
  await rig.gitlab.control.enqueueJob();
  expect((await rig.runner.request()).status).toBe(204);
  await rig.gitlab.control.changeRunner(1, { runUntagged: true });
  expect((await rig.runner.request()).status).toBe(201);
});

test('54 a paused runner gets a 204 with the queue value', async () => {
  await using rig = await startRig({}, { paused: true });
  await rig.gitlab.control.enqueueJob();
  const answer = await rig.runner.request();
  expect([answer.status, answer.headers.get('x-gitlab-last-update')]).toEqual([204, expect.stringMatching(/^[0-9a-f]{32}$/)]);
});

test('55 a job that needs a missing feature fails as runner_unsupported, and the next one is given', async () => {
  await using rig = await startRig();
  const needy = await rig.gitlab.control.enqueueJob({ requiredFeatures: ['artifacts_exclude'] });
  const derived = await rig.gitlab.control.enqueueJob({ payload: { cache: [{ key: 'a', fallback_keys: ['b'] }] } });
  const plain = await rig.gitlab.control.enqueueJob();
  const answer = await rig.runner.request({ info: infoWithout('artifacts_exclude', 'fallback_cache_keys') });
  expect(await answer.text()).toContain(`"id":${plain.id},`);
  expect(await rig.gitlab.control.job(needy.id)).toMatchObject({ status: 'failed', failureReason: 'runner_unsupported' });
  expect(await rig.gitlab.control.job(derived.id)).toMatchObject({ status: 'failed', failureReason: 'runner_unsupported' });
});

test('56 requests at the same time never get the same job', async () => {
  await using rig = await startRig();
  for (let each = 0; each < 5; each++) await rig.gitlab.control.enqueueJob();
  const answers = await Promise.all(Array.from({ length: 12 }, () => rig.runner.request()));
  const ids = await Promise.all(
    answers.filter(({ status }) => status === 201).map(async (answer) => /"token":"([^"]+)"\}$/.exec(await answer.text())?.[1]),
  );
  expect(new Set(ids).size).toBe(5);
});

test('57 a search without result carries the queue value, and the same value is not searched again', async () => {
  await using rig = await startRig();
  const first = await rig.runner.request();
  const value = first.headers.get('x-gitlab-last-update');
  const second = await rig.runner.request({ last_update: value });
  expect([first.status, second.status, second.headers.get('x-gitlab-last-update')]).toEqual([204, 204, value]);
});

test('57 an equal queue value is held until the time is over, and answered with a bare 204', async () => {
  await using rig = await startManualRig({ longPollMs: 50_000 });
  const value = (await rig.runner.request()).headers.get('x-gitlab-last-update');
  const held = rig.runner.request({ last_update: value });
  await until(() => rig.clock.sleeping > 0);
  await rig.clock.advance(50_000);
  const answer = await held;
  expect([answer.status, answer.headers.get('x-gitlab-last-update'), answer.headers.get('gitlab-ci-builds-polling')]).toEqual([
    204,
    null,
    'yes',
  ]);
});

test('58 a new matching job changes the queue value: the held request ends bare, the next one gets the job', async () => {
  await using rig = await startManualRig({ longPollMs: 50_000 });
  const value = (await rig.runner.request()).headers.get('x-gitlab-last-update');
  const held = rig.runner.request({ last_update: value });
  await until(() => rig.clock.sleeping > 0);
  await rig.gitlab.control.enqueueJob();
  const answer = await held;
  expect([answer.status, answer.headers.get('x-gitlab-last-update')]).toEqual([204, null]);
  expect((await rig.runner.request({ last_update: value })).status).toBe(201);
});

test('58 a job that does not match leaves the queue value alone', async () => {
  await using rig = await startRig();
  const value = (await rig.runner.request()).headers.get('x-gitlab-last-update');
  await rig.gitlab.control.enqueueJob({ tags: ['other'] });
  expect((await rig.runner.request()).headers.get('x-gitlab-last-update')).toBe(value);
});

test('70 calls over the limit get 429 with Retry-After until the minute is over', async () => {
  await using rig = await startManualRig({ rateLimits: { requestPerMinute: 2, tracePerMinute: 0, jobPerMinute: 0 } });
  const statuses = [];
  for (let each = 0; each < 3; each++) statuses.push((await rig.runner.request()).status);
  expect(statuses).toEqual([204, 204, 429]);
  expect((await rig.runner.request()).headers.get('retry-after')).toBe('60');
  await rig.clock.advance(60_000);
  expect((await rig.runner.request()).status).toBe(204);
});

test('71 a job request over 32 KiB is a 413', async () => {
  await using rig = await startRig();
  expect((await rig.runner.request({ padding: 'x'.repeat(32 * 1024) })).status).toBe(413);
});

test('a job id above 2^53 keeps every digit in the payload and in the routes', async () => {
  const id = '90071992547409931234567';
  await using rig = await startRig({ firstJobId: id });
  const job = await rig.gitlab.control.enqueueJob();
  const payload = await (await rig.runner.request()).text();
  expect(job.id).toBe(id);
  expect(payload).toContain(`"job_info":{"id":${id},`);
  expect(payload).toContain(`"id":${id},"token":`);
  expect(payload).toContain(`{"public":true,"masked":false,"key":"CI_JOB_ID","value":"${id}"}`);
  expect((await rig.runner.put(job, { state: 'running' })).status).toBe(200);
  expect((await rig.runner.put({ ...job, id: '90071992547409931234568' }, { state: 'running' })).status).toBe(403);
});

test('a broken payload is sent word for word, and the job counts as running', async () => {
  await using rig = await startRig();
  const job = await rig.gitlab.control.enqueueJob({ rawPayload: '{"id": 12, "tok' });
  expect(await (await rig.runner.request()).text()).toBe('{"id": 12, "tok');
  expect((await rig.gitlab.control.job(job.id)).status).toBe('running');
});

test('the payload has what a real one has, and a patch replaces its top-level keys but never the identity', async () => {
  await using rig = await startRig({}, { maximumTimeout: 60 });
  const image = { name: 'alpine', entrypoint: ['/bin/sh', '-c'] };
  const job = await rig.gitlab.control.enqueueJob({
    script: ['echo a'],
    afterScript: ['echo b'],
    variables: [{ key: 'X', value: '1', raw: true }],
    payload: { id: 5, image },
  });
  const payload = JSON.parse(await (await rig.runner.request()).text());
  expect(payload).toMatchObject({
    id: Number(job.id),
    token: job.token,
    image,
    allow_git_fetch: true,
    runner_info: { timeout: 60 },
    git_info: { repo_url: expect.stringContaining(`gitlab-ci-token:${job.token}@`), depth: 20, ref: 'main', ref_type: 'branch' },
    steps: [
      { name: 'script', script: ['echo a'] },
      { name: 'after_script', script: ['echo b'], when: 'always', allow_failure: true },
    ],
    features: { trace_sections: true, failure_reasons: expect.arrayContaining(['script_failure']) },
  });
  expect(payload.variables).toContainEqual({ key: 'X', value: '1', raw: true, public: false, masked: false });
  expect(payload.variables).toContainEqual({ key: 'CI_JOB_TOKEN', value: job.token, public: false, masked: true });
});
