import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Rig, startManualRig, startRig } from '../rig.test-double.ts';

/** Every tag that our pages have, with nothing but the attributes that they have. */
const OUR_TAG =
  /^<(!doctype html|\/?(head|title|style|body|header|main|h1|h2|p|table|thead|tbody|tr|th|td|dl|dt|dd|section|div|span|summary|details|a|br|html)|html lang="en"|meta charset="utf-8"|meta name="viewport" content="width=device-width"|meta http-equiv="refresh" content="3"|details open|a( class="name")? href="\/[a-z0-9/_-]*"|(div|section|span|p) class="[a-z0-9_ -]*")>$/;

async function tagsAt(rig: Rig, path: string): Promise<readonly string[]> {
  const answer = await fetch(`${rig.gitlab.url}${path}`, { headers: { accept: 'text/html' } });
  return (await answer.text()).match(/<[^>]*>?/g) ?? [];
}

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</title><script>alert(1)</script>',
  '</style><svg onload=alert(1)>',
  '&lt;script&gt;alert(1)&amp;',
  'javascript:alert(1)',
  '\u001b]8;;javascript:alert(1)\u0007click\u001b]8;;\u0007',
  '\u001b[31;"onclick=alert(1)m',
  'section_start:1:"><script>\r\u001b[0K<script>',
  'section_start:1:a[collapsed="><script>]\r\u001b[0K<b>header',
];

test('names of jobs, stages and runners can inject nothing: the page has the tags of a harmless one', async () => {
  await using rig = await startRig({}, { description: '<script>alert(1)</script>' });
  const harmless = await rig.runningJob({ name: 'job', stage: 'stage' });
  const paths = (id: string, pipeline: number) => [`/jobs/${id}`, `/pipelines/${pipeline}`];
  const expected = await Promise.all(paths(harmless.id, harmless.pipelineId).map((path) => tagsAt(rig, path)));
  expect(expected.flat().filter((tag) => !OUR_TAG.test(tag))).toEqual([]);
  const text = fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.string({ minLength: 1, maxLength: 30, unit: fc.constantFrom('<', '>', '"', "'", '&', '=', '/', 'a', ' ') }),
  );
  await fc.assert(
    fc.asyncProperty(text, async (name) => {
      const job = await rig.runningJob({ name, stage: name });
      const seen = await Promise.all(paths(job.id, job.pipelineId).map((path) => tagsAt(rig, path)));
      expect(seen.map((tags) => tags.map(withoutIds))).toEqual(expected.map((tags) => tags.map(withoutIds)));
    }),
    { numRuns: 25, examples: HOSTILE.map((each) => [each]) },
  );
});

test('a trace can inject nothing: whatever it says, the page has only tags of ours', async () => {
  await using rig = await startRig();
  const piece = fc.oneof(fc.constantFrom(...HOSTILE, '\n', '\u001b[31m'), fc.string({ maxLength: 20 }));
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 12 }), async (pieces) => {
      const job = await rig.runningJob();
      await rig.runner.patch(job, 0, pieces.join(''));
      expect((await tagsAt(rig, `/jobs/${job.id}`)).filter((tag) => !OUR_TAG.test(tag))).toEqual([]);
    }),
    { numRuns: 25, examples: HOSTILE.map((each) => [[each]]) },
  );
});

test('a page lets the browser load, run and send nothing', async () => {
  await using rig = await startRig();
  const { headers } = await fetch(`${rig.gitlab.url}/`);
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  );
  expect([headers.get('x-content-type-options'), headers.get('content-type')]).toEqual(['nosniff', 'text/html; charset=utf-8']);
});

test('the raw log is plain text, an artifact a download, whatever they contain', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.patch(job, 0, '<script>alert(1)</script>');
  await rig.runner.upload(job, '<script>', { query: '?artifact_type=sast&artifact_format=raw', filename: 'a".html' });
  const raw = await fetch(`${rig.gitlab.url}/jobs/${job.id}/raw`);
  const artifact = await fetch(`${rig.gitlab.url}/jobs/${job.id}/artifacts/sast`);
  expect([raw.headers.get('content-type'), await raw.text()]).toEqual(['text/plain; charset=utf-8', '<script>alert(1)</script>']);
  expect(artifact.headers.get('content-disposition')).toMatch(/^attachment; filename="[^"]+"$/);
  expect([raw, artifact].map(({ headers }) => headers.get('x-content-type-options'))).toEqual(['nosniff', 'nosniff']);
});

test('a pipeline has its stages as columns in order, with the state of each job', async () => {
  await using rig = await startRig();
  await rig.gitlab.control.createPipeline({ yml: 'stages: [one, two]\nb:\n  stage: two\n  script: x\na:\n  stage: one\n  script: x\n' });
  const text = await (await fetch(`${rig.gitlab.url}/pipelines/1`)).text();
  const inOrder = text.match(/<h2>\w+<\/h2>|href="\/jobs\/\d+">\w|state \w+/g);
  expect(inOrder).toEqual([
    'state pending',
    '<h2>one</h2>',
    'href="/jobs/1002">a',
    'state pending',
    '<h2>two</h2>',
    'href="/jobs/1001">b',
    'state created',
  ]);
  expect(await (await fetch(`${rig.gitlab.url}/`)).text()).toContain('href="/pipelines/1"');
});

test('a page asks again by itself until nothing changes any more', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  const isLive = async (path: string) => (await tagsAt(rig, path)).includes('<meta http-equiv="refresh" content="3">');
  expect([await isLive(`/jobs/${job.id}`), await isLive('/pipelines/1')]).toEqual([true, true]);
  await rig.runner.finish(job, { state: 'success' });
  expect([await isLive(`/jobs/${job.id}`), await isLive('/pipelines/1'), await isLive('/')]).toEqual([false, false, true]);
});

test('who prefers JSON gets it, also under /_view, and no token is in it', async () => {
  await using rig = await startRig({ firstJobId: '90071992547409931234567' });
  const job = await rig.runningJob({ name: 'mine' });
  const [runner] = await rig.gitlab.control.runners();
  const json = async (path: string, accept: string) => (await fetch(`${rig.gitlab.url}${path}`, { headers: { accept } })).text();
  const all = [
    await json('/', 'application/json'),
    await json('/_view', '*/*'),
    await json('/pipelines/1', 'application/json'),
    await json('/_view/pipelines/1', 'text/html'),
    await json(`/jobs/${job.id}`, 'application/json'),
    await json(`/_view/jobs/${job.id}`, '*/*'),
  ];
  for (const text of all) {
    expect(JSON.stringify(JSON.parse(text))).toContain('"id":"90071992547409931234567"');
    expect([text.includes(job.token), text.includes(runner?.token ?? '?')]).toEqual([false, false]);
  }
});

test('what is not there is a 404 that says so', async () => {
  await using rig = await startRig();
  const statuses = await Promise.all(
    ['/pipelines/9', '/jobs/9', '/jobs/9/raw', '/jobs/9/artifacts/archive'].map((path) => fetch(`${rig.gitlab.url}${path}`)),
  );
  expect(statuses.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
});

test('60 while somebody watches the log, runners are asked to report every three seconds', async () => {
  await using rig = await startManualRig({ updateIntervalSeconds: 60 });
  const job = await rig.runningJob();
  let at = 0;
  const interval = async () => (await rig.runner.patch(job, at++, 'x')).headers.get('x-gitlab-trace-update-interval');
  const seen = [await interval()];
  await fetch(`${rig.gitlab.url}/jobs/${job.id}`);
  seen.push(await interval());
  await rig.clock.advance(10_000);
  expect([...seen, await interval()]).toEqual(['60', '3', '60']);
});

function withoutIds(tag: string): string {
  return tag.replace(/\d+/g, 'N');
}
