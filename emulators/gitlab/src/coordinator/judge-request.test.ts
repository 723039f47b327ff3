import { expect, test } from 'vitest';
import { type Rig, startRig } from '../rig.test-double.ts';
import { FEATURE_KEYS } from './feature.ts';

async function rules(rig: Rig): Promise<readonly string[]> {
  return (await rig.gitlab.control.findings()).map(({ rule }) => rule);
}

test('a polite runner leaves no finding', async () => {
  await using rig = await startRig();
  await rig.runner.verify();
  const job = await rig.runningJob();
  await rig.runner.patch(job, 0, 'hello');
  await rig.runner.put(job, { state: 'running', output: { checksum: 'crc32:3610a686', bytesize: 5 } });
  await rig.runner.finish(job, { state: 'success' }, 'hello');
  expect(await rules(rig)).toEqual([]);
});

test('there are 31 features', () => {
  expect(new Set(FEATURE_KEYS).size).toBe(31);
});

test.each([
  ['user-agent', { 'user-agent': 'node' }],
  ['request-id', { 'x-request-id': 'ABC' }],
  ['content-type', { 'content-type': '' }],
  ['content-range', { 'content-range': '0-5' }],
  ['accept', { accept: 'application/json' }],
])('a PATCH with a wrong %s is found', async (rule, headers: Record<string, string>) => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.patch(job, 0, { text: 'hello', headers });
  expect(await rules(rig)).toEqual([rule]);
});

test('an empty PATCH is found', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.patch(job, 0, { text: '', headers: { 'content-range': '0-0' } });
  expect(await rules(rig)).toContain('empty-patch');
});

test('a PATCH before the first PUT is found', async () => {
  await using rig = await startRig();
  const job = await rig.gitlab.control.enqueueJob();
  await rig.runner.request();
  await rig.runner.patch(job, 0, 'early');
  expect(await rules(rig)).toEqual(['trace-before-running']);
});

test.each([
  ['info-features', { info: { features: { cache: true }, config: { gpus: '' } } }],
  ['info-config', { info: { features: Object.fromEntries(FEATURE_KEYS.map((key) => [key, false])) } }],
  ['system-id', { system_id: 'x' }],
  ['token-header', { token: 'glrt-other' }],
])('a job request with a wrong %s is found', async (rule, body: Record<string, unknown>) => {
  await using rig = await startRig();
  await rig.runner.request(body);
  expect(await rules(rig)).toEqual([rule]);
});

test.each([
  ['checksum', 'success', { output: { checksum: 'crc32:00000001', bytesize: 5 }, checksum: 'crc32:00000001' }],
  ['bytesize', 'success', { output: { checksum: 'crc32:3610a686', bytesize: 6 }, checksum: 'crc32:3610a686' }],
  ['checksum-copies', 'success', { output: { checksum: 'crc32:3610a686', bytesize: 5 }, checksum: 'crc32:00000000' }],
  ['exit-code', 'success', { exit_code: 0 }],
  ['failure-reason', 'success', { failure_reason: 'script_failure' }],
] as const)('a final update with a wrong %s is found', async (rule, state, fields) => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.patch(job, 0, 'hello');
  await rig.runner.finish(job, { state, ...fields }, 'hello');
  expect(await rules(rig)).toEqual([rule]);
});

test('a PATCH that leaves a gap is found, one that repeats something is not', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.patch(job, 0, 'hello');
  await rig.runner.patch(job, 0, 'hello');
  expect(await rules(rig)).toEqual([]);
  await rig.runner.patch(job, 9, 'you');
  expect(await rules(rig)).toEqual(['trace-gap']);
});

test('a gap that the server itself has made is not held against the client', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.patch(job, 0, 'hello');
  await rig.gitlab.control.truncateTrace(job.id, 2);
  await rig.runner.patch(job, 5, 'you');
  expect(await rules(rig)).toEqual([]);
});

test('success without a word that the job runs is found; a failure may come first', async () => {
  await using rig = await startRig();
  const [good, bad] = [await rig.gitlab.control.enqueueJob(), await rig.gitlab.control.enqueueJob()];
  await rig.runner.request();
  await rig.runner.request();
  await rig.runner.finish(bad, { state: 'failed', failure_reason: 'runner_system_failure', exit_code: 3 });
  expect(await rules(rig)).toEqual([]);
  await rig.runner.finish(good, { state: 'success' });
  expect(await rules(rig)).toEqual(['success-before-running']);
});

test('a client that goes on and on after the end is found; the last PATCH and PUT of two managers are not', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.gitlab.control.cancelJob(job.id, 'force');
  for (let each = 0; each < 6; each++) await rig.runner.put(job, { state: 'running' });
  expect(await rules(rig)).toEqual([]);
  await rig.runner.put(job, { state: 'running' });
  expect(await rules(rig)).toEqual(['after-the-end']);
});

test.each([
  ['user-agent', { 'user-agent': '' }],
  ['request-id', { 'x-request-id': '' }],
  ['accept', { accept: 'application/json' }],
])('a download without a proper %s is found', async (rule, headers: Record<string, string>) => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.send('GET', `/jobs/${job.id}/artifacts`, { headers: { 'job-token': job.token, accept: '*/*', ...headers } });
  expect(await rules(rig)).toEqual([rule]);
});

test('a first update that claims a trace is found', async () => {
  await using rig = await startRig();
  const job = await rig.gitlab.control.enqueueJob();
  await rig.runner.request();
  await rig.runner.put(job, { state: 'running', output: { checksum: 'crc32:00000000' } });
  expect(await rules(rig)).toEqual(['first-update']);
});

test('a masked value in the trace is found, even when chunks cut it in two', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob({ variables: [{ key: 'SECRET', value: 'hunter2-hunter2', masked: true }] });
  await rig.runner.patch(job, 0, 'it is hunter2');
  await rig.runner.patch(job, 13, '-hunter2');
  await rig.runner.finish(job, { state: 'success' }, 'it is hunter2-hunter2');
  expect(await rig.gitlab.control.findings()).toEqual([
    expect.objectContaining({ rule: 'unmasked', detail: 'the value of SECRET is in the trace' }),
  ]);
});

test('a request id that is used for another call again is found', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.runner.patch(job, 0, { text: 'a', headers: { 'x-request-id': '0'.repeat(31).concat('1') } });
  expect(await rules(rig)).toEqual(['request-id-reused']);
});
