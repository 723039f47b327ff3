import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Rig, startManualRig, startRig } from '../rig.test-double.ts';

const ZIP = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.from('what a zip holds')]);
const OTHER_ZIP = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.from('something else')]);

async function rules(rig: Rig): Promise<readonly string[]> {
  return (await rig.gitlab.control.findings()).map(({ rule }) => rule);
}

test('67 an upload is a 201, the same once more too, another of the same type a 400', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  const statuses = [await rig.runner.upload(job, ZIP), await rig.runner.upload(job, ZIP), await rig.runner.upload(job, OTHER_ZIP)];
  expect(statuses.map(({ status }) => status)).toEqual([201, 201, 400]);
  expect((await rig.gitlab.control.artifact(job.id)).equals(ZIP)).toBe(true);
  expect(await rules(rig)).toEqual([]);
});

test('67 an upload over the limit is a 413, whether its size is announced or not, and one of exactly the limit is not', async () => {
  await using rig = await startRig({ artifactLimitBytes: 1000 });
  const job = await rig.runningJob();
  const announced = await rig.runner.upload(job, Buffer.alloc(100_000));
  const slightly = await rig.runner.upload(job, Buffer.alloc(1001));
  const exactly = await rig.runner.upload(job, Buffer.concat([ZIP, Buffer.alloc(1000 - ZIP.length)]));
  expect([announced.status, slightly.status, exactly.status]).toEqual([413, 413, 201]);
  await rig.gitlab.control.turn({ artifactLimitBytes: 10 });
  expect((await rig.runner.upload(job, gzipSync('<junit/>'), { query: '?artifact_type=junit&artifact_format=gzip' })).status).toBe(413);
});

test('67 an upload with a wrong token, or after the end, is a 403', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  expect((await rig.runner.upload({ ...job, token: 'glcbt-other' }, ZIP)).status).toBe(403);
  await rig.runner.finish(job, { state: 'success' });
  expect((await rig.runner.upload(job, ZIP)).status).toBe(403);
});

test.each([
  ['?artifact_type=junit&artifact_format=zip', 'Invalid file format with specified file type'],
  ['?artifact_type=archive&artifact_format=gzip', 'Invalid file format with specified file type'],
  ['?artifact_type=unheard', 'artifact_type does not have a valid value'],
  ['?artifact_format=tarzstd', 'artifact_format does not have a valid value'],
  ['?accessibility=secret', 'accessibility does not have a valid value'],
  ['?expire_in=soon', 'expire_in is invalid'],
])('67 an upload with %s is a 400', async (query, error) => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  const answer = await rig.runner.upload(job, ZIP, { query });
  expect([answer.status, await answer.json()]).toEqual([400, { error }]);
});

test('67 every kind is kept apart, with the name that the runner gave it', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.upload(job, ZIP, { filename: 'bundle.zip' });
  await rig.runner.upload(job, gzipSync('<testsuite/>'), { query: '?artifact_type=junit&artifact_format=gzip', filename: 'junit.xml.gz' });
  await rig.runner.upload(job, '[]', { query: '?artifact_type=codequality&artifact_format=raw', filename: 'gl-code-quality-report.json' });
  expect((await rig.gitlab.control.job(job.id)).artifacts.map(({ type, format, filename }) => [type, format, filename])).toEqual([
    ['archive', 'zip', 'bundle.zip'],
    ['junit', 'gzip', 'junit.xml.gz'],
    ['codequality', 'raw', 'gl-code-quality-report.json'],
  ]);
  expect(await rules(rig)).toEqual([]);
});

test('a dotenv report becomes variables; one that breaks a rule is a 400', async () => {
  await using rig = await startRig();
  const query = '?artifact_type=dotenv&artifact_format=gzip';
  const job = await rig.runningJob();
  const upload = (text: string) => rig.runner.upload(job, gzipSync(text), { query, filename: 'deploy.env.gz' });
  const refused = [
    await upload('NOT A LINE'),
    await upload(`BIG=${'x'.repeat(6000)}`),
    await upload(Array.from({ length: 21 }, (_, each) => `KEY_${each}=1`).join('\n')),
    await rig.runner.upload(job, 'not gzip', { query, filename: 'deploy.env.gz' }),
  ];
  expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
  expect((await upload('URL=https://a.test\n\nNAME="a b"\n')).status).toBe(201);
  expect((await rig.gitlab.control.job(job.id)).dotenv).toEqual([
    { key: 'URL', value: 'https://a.test' },
    { key: 'NAME', value: 'a b' },
  ]);
});

test('a body that is no form, or a form without the file, is a 400', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  const headers = { 'job-token': job.token, 'content-type': 'text/plain' };
  expect((await rig.runner.send('POST', `/jobs/${job.id}/artifacts`, { headers, body: 'zip' })).status).toBe(400);
  const form = '--b\r\nContent-Disposition: form-data; name="other"; filename="a"\r\n\r\nx\r\n--b--\r\n';
  const multipart = { ...headers, 'content-type': 'multipart/form-data; boundary=b' };
  for (const body of [form, form.slice(0, 60)])
    expect((await rig.runner.send('POST', `/jobs/${job.id}/artifacts`, { headers: multipart, body })).status).toBe(400);
});

test('whatever bytes are uploaded, the same bytes come down', async () => {
  await using rig = await startRig();
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constant(new Uint8Array(randomBytes(300_000)))), async (bytes) => {
      const job = await rig.runningJob();
      await rig.runner.upload(job, Buffer.from(bytes));
      const answer = await rig.runner.download(job.id, job.token);
      expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
    }),
    { numRuns: 8 },
  );
});

test('68 a running job downloads the archive of another with its own token, and no longer once it has ended', async () => {
  await using rig = await startRig();
  const [first, second] = [await rig.runningJob(), await rig.runningJob()];
  await rig.runner.upload(first, ZIP);
  await rig.runner.finish(first, { state: 'success' });
  const answer = await rig.runner.download(first.id, second.token);
  expect([answer.status, Buffer.from(await answer.arrayBuffer()).equals(ZIP)]).toEqual([200, true]);
  expect((await rig.runner.download(first.id, first.token)).status).toBe(403);
  await rig.runner.finish(second, { state: 'success' });
  expect((await rig.runner.download(first.id, second.token)).status).toBe(403);
});

test('68 a download without an archive, or of a job that is not there, is a 404; with a wrong token it is a 401', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  const answers = [
    await rig.runner.download(job.id, job.token),
    await rig.runner.download('999', job.token),
    await rig.runner.download(job.id, 'glcbt-other'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 401]);
});

test('68 an archive that has expired, or was erased, is a 404', async () => {
  await using rig = await startManualRig({});
  const [job, asker] = [await rig.runningJob(), await rig.runningJob()];
  await rig.runner.upload(job, ZIP, { query: `?expire_in=${encodeURIComponent('2 mins 10 secs')}` });
  await rig.clock.advance(129_000);
  expect((await rig.runner.download(job.id, asker.token)).status).toBe(200);
  await rig.clock.advance(1000);
  expect((await rig.runner.download(job.id, asker.token)).status).toBe(404);
  await rig.runner.upload(asker, ZIP);
  await expect(rig.gitlab.control.eraseJob(asker.id)).rejects.toThrow('only a job that has ended');
  await rig.runner.finish(asker, { state: 'success' });
  expect(await rig.gitlab.control.eraseJob(asker.id)).toMatchObject({ isErased: true, artifacts: [], traceSize: 0 });
  expect((await rig.runner.download(asker.id, job.token)).status).toBe(404);
});

test('68 with remote artifacts a direct download is a 302 to another address, which serves the bytes, or a range of them', async () => {
  await using rig = await startRig({ areArtifactsRemote: true });
  const job = await rig.runningJob();
  await rig.runner.upload(job, ZIP);
  expect((await rig.runner.download(job.id, job.token)).status).toBe(200);
  const answer = await rig.runner.download(job.id, job.token, '?direct_download=true');
  const location = answer.headers.get('location') ?? '';
  expect([answer.status, new URL(location).origin === rig.gitlab.url]).toEqual([302, false]);
  expect(Buffer.from(await (await fetch(location)).arrayBuffer()).equals(ZIP)).toBe(true);
  const part = await fetch(location, { headers: { range: 'bytes=0-1' } });
  expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, 'PK', `bytes 0-1/${ZIP.length}`]);
  expect((await fetch(location, { headers: { range: `bytes=${ZIP.length}-` } })).status).toBe(416);
});

test('68 the object storage refuses a request that carries the job token, and says so to the judge', async () => {
  await using rig = await startManualRig({ areArtifactsRemote: true });
  const job = await rig.runningJob();
  await rig.runner.upload(job, ZIP);
  const location = (await rig.runner.download(job.id, job.token, '?direct_download=true')).headers.get('location') ?? '';
  const answer = await fetch(location, { headers: { 'job-token': job.token } });
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    400,
    'application/xml',
    expect.stringContaining('<Code>InvalidArgument</Code>'),
  ]);
  expect(await rules(rig)).toEqual(['header-to-storage']);
  await rig.clock.advance(600_000);
  expect([(await fetch(location)).status, (await fetch(location.replace(/Signature=.*/, 'Signature=0'))).status]).toEqual([403, 403]);
});

test.each([
  ['artifact-format', 'not a zip', { filename: 'artifacts.zip' }],
  ['artifact-filename', ZIP, { filename: 'artifacts' }],
  ['empty-option', ZIP, { query: '?expire_in=' }],
] as const)('an upload with a wrong %s is found', async (rule, content, options) => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.upload(job, content, options);
  expect(await rules(rig)).toEqual([rule]);
});
