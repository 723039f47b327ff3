import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { PoliteRunner } from '../coordinator/polite-runner.test-double.ts';
import { startManualRig, startRig, until } from '../rig.test-double.ts';

const YML = `
stages: [one, two]
first:
  stage: one
  script: echo 1
second:
  stage: two
  script: echo 2
cleanup:
  stage: two
  when: on_failure
  script: echo broken
by-hand:
  stage: two
  when: manual
  script: echo never
`;

test('a pipeline goes stage by stage, and its end can be waited for', async () => {
  await using rig = await startRig();
  const start = await rig.gitlab.control.createPipeline({ yml: YML });
  if (start.kind !== 'started') throw new Error('it did not start');
  const [first, second] = start.pipeline.jobs;
  if (!first || !second) throw new Error('jobs are missing');
  expect(start.pipeline.jobs.map(({ status }) => status)).toEqual(['pending', 'created', 'created', 'created']);
  for (const job of [first, second]) {
    expect((await rig.runner.request()).status).toBe(201);
    await rig.runner.finish(job, { state: 'success' });
  }
  const end = await rig.gitlab.control.pipelineEnd(start.pipeline.id);
  expect(end.status).toBe('success');
  expect(end.jobs.map(({ status }) => status)).toEqual(['success', 'success', 'skipped', 'manual']);
});

test('a manual job is played, a job that failed is tried again by hand: the new one takes its place', async () => {
  await using rig = await startRig();
  const { control } = rig.gitlab;
  const start = await control.createPipeline({ yml: 'deploy:\n  when: manual\n  allow_failure: false\n  script: x\n' });
  if (start.kind !== 'started') throw new Error('it did not start');
  const [manual] = start.pipeline.jobs;
  if (!manual) throw new Error('the job is missing');
  expect([start.pipeline.status, manual.status, manual.isPlayable]).toEqual(['manual', 'manual', true]);
  expect(await control.playJob(manual.id)).toMatchObject({ status: 'pending', isPlayable: false });
  await expect(control.playJob(manual.id)).rejects.toThrow("can't be played");
  await rig.runner.request();
  await rig.runner.finish(manual, { state: 'failed', failure_reason: 'script_failure', exit_code: 1 });
  expect(await control.pipelineEnd(start.pipeline.id)).toMatchObject({ status: 'failed' });
  const again = await control.retryJob(manual.id);
  expect(again).toMatchObject({ name: 'deploy', status: 'pending', isRetried: false });
  expect(await control.pipeline(start.pipeline.id)).toMatchObject({ status: 'pending', jobs: [{ isRetried: true }, { id: again.id }] });
});

test('a file with problems starts nothing and names them all', async () => {
  await using rig = await startRig();
  const start = await rig.gitlab.control.createPipeline({ yml: 'a:\n  rules: 1\nb:\n  script: 1\n' });
  const at = ['.gitlab-ci.yml:1:1', '.gitlab-ci.yml:2:10', '.gitlab-ci.yml:4:11'];
  expect(start).toMatchObject({ kind: 'invalid', problems: at.map((each) => ({ at: each })) });
  expect(await rig.gitlab.control.jobs()).toEqual([]);
});

test('events are replayed from the beginning and then followed, trace bytes included', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.patch(job, 0, Buffer.from([0xff, 0x00, 0x41]));
  const seen: string[] = [];
  for await (const event of rig.gitlab.control.follow({ jobId: job.id })) {
    seen.push(
      event.kind === 'trace'
        ? `trace ${event.from} ${event.bytes.toString('hex')}`
        : event.kind === 'job'
          ? `${event.from} ${event.to}`
          : event.kind,
    );
    if (seen.length === 3) await rig.runner.patch(job, 3, 'more');
    if (seen.length === 4) await rig.runner.finish(job, { state: 'failed', failure_reason: 'script_failure', exit_code: 3 });
    if (seen.length === 5) break;
  }
  expect(seen).toEqual(['created pending', 'pending running', 'trace 0 ff0041', 'trace 3 6d6f7265', 'running failed']);
});

test('waiting for an end stops when its signal aborts', async () => {
  await using rig = await startRig();
  const job = await rig.gitlab.control.enqueueJob();
  const impatience = new AbortController();
  const waiting = rig.gitlab.control.jobEnd(job.id, impatience.signal);
  impatience.abort();
  await expect(waiting).rejects.toThrow();
});

test('a fault answers in place of GitLab, as often as it was told, and nothing is applied', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.gitlab.control.addFault({
    kind: 'reply',
    route: 'trace',
    times: 2,
    skip: 1,
    status: 503,
    headers: { 'retry-after': '1' },
    body: 'down',
  });
  const answers = [];
  for (const from of [0, 1, 1, 1]) answers.push(await rig.runner.patch(job, from, 'a'));
  expect(answers.map(({ status }) => status)).toEqual([202, 503, 503, 202]);
  expect([answers[1]?.headers.get('retry-after'), await answers[1]?.text()]).toEqual(['1', 'down']);
});

test('a fault after applying takes the effect but not the answer', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.gitlab.control.addFault({ kind: 'reply', route: 'trace', status: 502, when: 'after' });
  expect((await rig.runner.patch(job, 0, 'hello')).status).toBe(502);
  expect(String(await rig.gitlab.control.trace(job.id))).toBe('hello');
});

test.each([
  ['before', ''],
  ['after', 'hello'],
] as const)('a connection can be dropped %s the call takes effect', async (when, stored) => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.gitlab.control.addFault({ kind: 'drop', route: 'trace', when, jobId: job.id });
  await expect(rig.runner.patch(job, 0, 'hello')).rejects.toThrow('fetch failed');
  expect(String(await rig.gitlab.control.trace(job.id))).toBe(stored);
});

test('the end of a log can be forgotten with the next piece, which is answered as it deserves', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.patch(job, 0, 'hello');
  await rig.gitlab.control.addFault({ kind: 'forget', route: 'trace', jobId: job.id, part: 0.5 });
  expect(String(await rig.gitlab.control.trace(job.id))).toBe('hello');
  const refused = await rig.runner.patch(job, 5, ' world');
  expect([refused.status, refused.headers.get('range')]).toEqual([416, '0-2']);
  expect((await rig.gitlab.control.job(job.id)).hasForgotten).toBe(true);
  expect((await rig.runner.patch(job, 2, 'llo world')).status).toBe(202);
  expect(String(await rig.gitlab.control.trace(job.id))).toBe('hello world');
});

test('faults of other routes and other jobs do not strike, and can be cleared', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.gitlab.control.addFault({ kind: 'reply', route: 'update', status: 500 });
  await rig.gitlab.control.addFault({ kind: 'reply', route: 'trace', status: 500, jobId: '1' });
  expect((await rig.runner.patch(job, 0, 'a')).status).toBe(202);
  await rig.gitlab.control.clearFaults();
  expect((await rig.runner.put(job, { state: 'running' })).status).toBe(200);
});

test('a delayed call waits on the clock', async () => {
  await using rig = await startManualRig({});
  await rig.gitlab.control.addFault({ kind: 'delay', route: 'request', delayMs: 5000 });
  const answer = rig.runner.request();
  await until(() => rig.clock.sleeping > 0);
  await rig.clock.advance(5000);
  expect((await answer).status).toBe(204);
});

test.each(['refuse', 'drop'] as const)(
  'GitLab can be away (%s) and come back at the same port, while control stays reachable',
  async (how) => {
    await using rig = await startRig();
    await rig.gitlab.control.down({ how });
    await expect(rig.runner.request()).rejects.toThrow('fetch failed');
    expect(await rig.gitlab.control.jobs()).toEqual([]);
    await rig.gitlab.control.up();
    expect((await rig.runner.request()).status).toBe(204);
  },
);

test('an outage can end by itself', async () => {
  await using rig = await startManualRig({});
  await rig.gitlab.control.down({ how: 'drop', forMs: 60_000 });
  await rig.clock.advance(60_000);
  expect((await rig.runner.request()).status).toBe(204);
});

test('an outage ends as soon as its port is free, however long another program has had it', async () => {
  await using rig = await startManualRig({});
  await rig.gitlab.control.down({ how: 'refuse', forMs: 60_000 });
  const other = createServer().listen(rig.gitlab.port, '127.0.0.1');
  await once(other, 'listening');
  await rig.clock.advance(60_000);
  await until(() => rig.clock.sleeping > 0);
  await new Promise((resolve) => other.close(resolve));
  await rig.clock.advance(100);
  await rig.gitlab.control.up();
  expect((await rig.runner.request()).status).toBe(204);
});

test('a truncated trace makes the next PATCH a 416', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.patch(job, 0, 'hello');
  await rig.gitlab.control.truncateTrace(job.id, 2);
  expect((await rig.runner.patch(job, 5, 'x')).headers.get('range')).toBe('0-2');
});

test('requests are recorded with headers, JSON and the status of the answer', async () => {
  await using rig = await startRig();
  await rig.runner.request();
  const [request] = await rig.gitlab.control.requests();
  expect(request).toMatchObject({
    route: 'request',
    method: 'POST',
    path: '/api/v4/jobs/request',
    headers: { accept: 'application/json' },
    json: { system_id: rig.runner.systemId },
    status: 204,
  });
});

test('a job shows its updates, its chunks and who executes it', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.patch(job, 0, 'a');
  await rig.runner.finish(job, { state: 'failed', failure_reason: 'script_failure', exit_code: 137 }, 'a');
  expect(await rig.gitlab.control.job(job.id)).toMatchObject({
    status: 'failed',
    exitCode: 137,
    traceSize: 1,
    hasForgotten: false,
    traceChunks: 1,
    assignment: { runnerId: 1, systemId: rig.runner.systemId, cancelsGracefully: true },
    updates: [
      { state: 'running', answered: 200 },
      { state: 'failed', answered: 200, exitCode: 137, bytesize: 1 },
    ],
  });
});

test.each([
  ['an unknown job', (url: string) => fetch(`${url}/_control/jobs/1`), 'FR_GITLAB_EMULATOR_UNKNOWN'],
  [
    'a wrong field',
    (url: string) => fetch(`${url}/_control/runners`, { method: 'POST', body: '{"tags":"dev"}' }),
    'FR_GITLAB_EMULATOR_BAD_JSON',
  ],
  ['broken JSON', (url: string) => fetch(`${url}/_control/runners`, { method: 'POST', body: '{' }), 'FR_GITLAB_EMULATOR_BAD_JSON'],
])('%s is refused with a problem', async (_what, call, code) => {
  await using rig = await startRig();
  const answer = await call(rig.gitlab.url);
  expect([answer.status, await answer.json()]).toEqual([400, { problems: [expect.objectContaining({ code })] }]);
});

test('an answer can come with a wrong media type, after the call has taken effect', async () => {
  await using rig = await startRig();
  const job = await rig.gitlab.control.enqueueJob();
  await rig.gitlab.control.addFault({ kind: 'retype', route: 'request', contentType: 'text/html' });
  const answer = await rig.runner.request();
  expect([answer.status, answer.headers.get('content-type'), (await rig.gitlab.control.job(job.id)).status]).toEqual([
    201,
    'text/html',
    'running',
  ]);
});

test.each([
  'register',
  'create-runner',
  'verify',
  'unregister',
  'manager',
  'reset',
  'reset-by-id',
  'request',
  'trace',
  'update',
  'upload',
  'download',
] as const)('a fault strikes the route %s and no other', async (route) => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.gitlab.control.addFault({ kind: 'reply', route, status: 503, times: 99 });
  const answers = {
    register: await rig.runner.register({ token: 'x' }),
    'create-runner': await rig.runner.asPerson('x', '/user/runners', {}),
    verify: await rig.runner.verify({ token: 'x' }),
    unregister: await new PoliteRunner(rig.gitlab.url, 'x').unregister(),
    manager: await rig.runner.deleteManager('x'),
    reset: await new PoliteRunner(rig.gitlab.url, 'x').reset(),
    'reset-by-id': await rig.runner.asPerson('x', '/runners/1/reset_authentication_token', null),
    request: await rig.runner.request({ token: 'x' }),
    trace: await rig.runner.patch(job, 9, 'x'),
    update: await rig.runner.put(job, { state: 'x' }),
    upload: await rig.runner.upload(job, ''),
    download: await rig.runner.download(job.id, job.token),
  };
  expect(Object.entries(answers).flatMap(([name, { status }]) => (status === 503 ? [name] : []))).toEqual([route]);
});
