import { seededRandom } from '@fargate-gitlab-runner/kernel';
import { goldenPayloads } from '@fargate-gitlab-runner/protocol/golden';
import { describe, expect, it } from 'vitest';
import type { JobUpdate } from './coordinator.ts';
import { aJob, anUpdate, aRunner, never, startRig } from './coordinator-rig.test-double.ts';
import { GitlabApi } from './gitlab-api.ts';
import { HttpCoordinator } from './http-coordinator.ts';

const jobBody = goldenPayloads()[0]?.body ?? '';
const long = { isLongPoll: true } as const;
const patch = { from: 10, bytes: Buffer.from('hello'), isDebug: false };

type Rig = Awaited<ReturnType<typeof startRig>>;

const everyCall: readonly [string, (rig: Rig) => Promise<unknown>][] = [
  ['verify', ({ coordinator }) => coordinator.verify(aRunner, never)],
  ['request', ({ coordinator }) => coordinator.request(aRunner, long, never)],
  ['trace', ({ coordinator }) => coordinator.patchTrace(aJob, patch, never)],
  ['update', ({ coordinator }) => coordinator.update(aJob, anUpdate, never)],
];

describe('every call', () => {
  it.each(everyCall)('2: %s says who we are and carries a fresh id', async (_name, call) => {
    await using rig = await startRig();
    await call(rig);
    await call(rig);
    const agent = /^fargate-gitlab-runner 1\.2\.3 \(abcdef12; node \d+\.\d+\.\d+; [a-z0-9]+\/[a-z0-9]+\)$/;
    for (const { headers } of rig.server.calls) expect(headers['user-agent']).toMatch(agent);
    const ids = rig.server.calls.map(({ headers }) => headers['x-request-id']);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(ids).size).toBe(2);
  });

  it.each(everyCall)('3: %s accepts JSON only where JSON is read', async (name, call) => {
    await using rig = await startRig();
    await call(rig);
    const headers = rig.server.calls[0]?.headers;
    expect(headers?.accept).toBe(name === 'verify' || name === 'request' ? 'application/json' : undefined);
    expect(headers?.['content-type']).toBe(name === 'trace' ? 'text/plain' : 'application/json');
  });

  it.each(everyCall)('%s is not redirected: tokens stay where they belong', async (_name, call) => {
    await using other = await startRig();
    await using rig = await startRig({ status: 307, headers: { location: other.server.url } });
    expect(await call(rig)).toMatchObject({ cause: expect.stringContaining('redirecting to http://127.0.0.1') });
    expect(other.server.calls).toEqual([]);
  });

  it.each(everyCall)('%s throws only the reason of its signal', async (_name, call) => {
    await using rig = await startRig();
    const reason = new Error('leaving');
    const aborted = Object.assign(Object.create(rig), { coordinator: withSignal(rig.coordinator, AbortSignal.abort(reason)) });
    await expect(call(aborted)).rejects.toBe(reason);
    expect(rig.server.calls).toEqual([]);
  });

  it('1: a sub-path comes before the API', async () => {
    await using rig = await startRig();
    const settings = { url: `${rig.server.url}/gitlab/ci/`, systemId: 'r_0123456789ab', version: '1', revision: 'x' };
    await using coordinator = new HttpCoordinator(new GitlabApi(settings, { clock: rig.clock, random: seededRandom(2) }));
    await coordinator.verify(aRunner, never);
    expect(rig.server.calls[0]?.url).toBe('/gitlab/api/v4/runners/verify');
  });

  it('1: an address of another scheme never reaches the network', () => {
    const settings = { url: 'ssh://gitlab.test', systemId: 'r_0123456789ab', version: '1', revision: 'x' };
    const tools = { clock: { now: () => 0, monotonic: () => 0, sleep: async () => undefined }, random: seededRandom(2) };
    expect(() => new HttpCoordinator(new GitlabApi(settings, tools))).toThrow(/FR_COORDINATOR_URL/);
  });
});

describe('verify', () => {
  it('45: sends token, system id and the whole info', async () => {
    await using rig = await startRig({
      headers: { 'content-type': 'application/json' },
      body: '{"id":5,"token":"x","token_expires_at":null}',
    });
    expect(await rig.coordinator.verify(aRunner, never)).toEqual({ kind: 'valid', id: '5' });
    const { method, url, headers } = rig.server.calls[0] ?? {};
    expect([method, url]).toEqual(['POST', '/api/v4/runners/verify']);
    expect(headers?.['runner-token']).toBe(aRunner.token.reveal());
    expect(rig.server.json(0)).toMatchObject({ token: aRunner.token.reveal(), system_id: 'r_0123456789ab' });
  });
});

describe('request', () => {
  it('4: carries the token twice, the system id, 31 features and the GPU selector', async () => {
    await using rig = await startRig({ status: 204 });
    expect(await rig.coordinator.request(aRunner, long, never)).toEqual({ kind: 'none' });
    const { method, url, headers } = rig.server.calls[0] ?? {};
    expect([method, url]).toEqual(['POST', '/api/v4/jobs/request']);
    expect(headers?.['runner-token']).toBe(aRunner.token.reveal());
    const body = rig.server.json(0);
    expect(body).toMatchObject({ token: aRunner.token.reveal(), system_id: 'r_0123456789ab', info: { config: { gpus: '' } } });
    expect(Object.keys(body).sort()).toEqual(['info', 'system_id', 'token']);
    expect(Object.values(Object(Reflect.get(Object(body.info), 'features'))).filter((flag) => typeof flag === 'boolean')).toHaveLength(31);
  });

  it('4: promises what is kept and nothing else', async () => {
    await using rig = await startRig({ status: 204 });
    await rig.coordinator.request(aRunner, long, never);
    const features: Record<string, boolean> = Object(Reflect.get(Object(rig.server.json(0).info), 'features'));
    expect(Object.keys(features).filter((name) => features[name])).toEqual([
      'variables',
      'artifacts',
      'cache',
      'fallback_cache_keys',
      'upload_multiple_artifacts',
      'upload_raw_artifacts',
      'refspecs',
      'masking',
      'raw_variables',
      'artifacts_exclude',
      'multi_build_steps',
      'trace_reset',
      'trace_checksum',
      'trace_size',
      'vault_secrets',
      'cancelable',
      'return_exit_code',
      'cancel_gracefully',
      'two_phase_job_commit',
      'job_inputs',
    ]);
  });

  it('5: says the last queue value again, which a bare 204 does not erase', async () => {
    const tick = (value: string) => ({ status: 204, headers: { 'X-GitLab-Last-Update': value } });
    await using rig = await startRig(tick('one'), { status: 204 }, tick(''), { ...tick('two'), status: 403 }, { status: 204 });
    for (let poll = 0; poll < 5; poll++) await rig.coordinator.request(aRunner, long, never);
    expect(rig.server.calls.map((_, index) => rig.server.json(index).last_update)).toEqual([undefined, 'one', 'one', 'one', 'two']);
  });

  it('5: a short poll leaves the queue value out but remembers the answer', async () => {
    await using rig = await startRig({ status: 204, headers: { 'X-GitLab-Last-Update': 'one' } });
    for (const isLongPoll of [false, false, true]) await rig.coordinator.request(aRunner, { isLongPoll }, never);
    expect(rig.server.calls.map((_, index) => rig.server.json(index).last_update)).toEqual([undefined, undefined, 'one']);
  });

  it('6: keeps the queue values of runners apart', async () => {
    await using rig = await startRig({ status: 204, headers: { 'X-GitLab-Last-Update': 'one' } }, { status: 204 });
    const other = { name: 'other', token: Object.assign(Object.create(aRunner.token), { reveal: () => 'glrt-other' }) };
    for (const runner of [aRunner, other, aRunner]) await rig.coordinator.request(runner, long, never);
    expect(rig.server.calls.map((_, index) => rig.server.json(index).last_update)).toEqual([undefined, undefined, 'one']);
  });

  it('hands out the job', async () => {
    await using rig = await startRig({ status: 201, headers: { 'content-type': 'application/json' }, body: jobBody });
    expect(await rig.coordinator.request(aRunner, long, never)).toMatchObject({ kind: 'job', job: { id: '4101' } });
  });

  it('12: a job in another media type is broken, its id and token are saved', async () => {
    await using rig = await startRig({ status: 201, headers: { 'content-type': 'text/plain' }, body: jobBody });
    expect(await rig.coordinator.request(aRunner, long, never)).toMatchObject({ kind: 'broken', salvage: { id: '4101' } });
  });

  it('12: a job whose body breaks off is broken, its id and token are saved', async () => {
    await using rig = await startRig({
      status: 201,
      headers: { 'content-type': 'application/json' },
      body: jobBody.slice(0, 900),
      cut: 'body',
    });
    expect(await rig.coordinator.request(aRunner, long, never)).toMatchObject({ kind: 'broken', salvage: { id: '4101' } });
    expect(rig.server.calls).toHaveLength(1);
  });

  it('ends at once when its signal aborts in the middle of a long poll', async () => {
    await using rig = await startRig({ after: new Promise(() => undefined) });
    const leaving = new AbortController();
    const polling = rig.coordinator.request(aRunner, long, leaving.signal);
    await rig.server.received(1);
    leaving.abort(new Error('leaving'));
    await expect(polling).rejects.toThrow('leaving');
  });
});

describe('patchTrace', () => {
  it('18: names both ends of the piece, inclusive and without a unit', async () => {
    await using rig = await startRig({ status: 202 });
    await rig.coordinator.patchTrace(aJob, patch, never);
    const { method, url, headers, body } = rig.server.calls[0] ?? {};
    expect([method, url]).toEqual(['PATCH', '/api/v4/jobs/4101/trace?debug_trace=false']);
    expect(headers).toMatchObject({ 'content-range': '10-14', 'content-length': '5', 'job-token': aJob.token.reveal() });
    expect(body?.toString()).toBe('hello');
  });

  it('18: one byte has the same first and last', async () => {
    await using rig = await startRig({ status: 202 });
    await rig.coordinator.patchTrace(aJob, { ...patch, from: 4, bytes: Buffer.from('x') }, never);
    expect(rig.server.calls[0]?.headers['content-range']).toBe('4-4');
  });

  it('18: a piece of 1 MiB arrives whole', async () => {
    await using rig = await startRig({ status: 202 });
    const bytes = Buffer.alloc(1024 * 1024, 'é');
    expect(await rig.coordinator.patchTrace(aJob, { ...patch, bytes }, never)).toEqual({ kind: 'accepted', isCanceling: false });
    expect(rig.server.calls[0]?.body.equals(bytes)).toBe(true);
  });

  it('19: says when the trace is one of a debugged job', async () => {
    await using rig = await startRig({ status: 202 });
    await rig.coordinator.patchTrace(aJob, { ...patch, isDebug: true }, never);
    expect(rig.server.calls[0]?.url).toBe('/api/v4/jobs/4101/trace?debug_trace=true');
  });

  it('21: goes back to what GitLab holds', async () => {
    await using rig = await startRig({ status: 416, headers: { Range: '0-11' } });
    expect(await rig.coordinator.patchTrace(aJob, patch, never)).toEqual({ kind: 'rewind', to: 11 });
  });
});

describe('update', () => {
  const sent = async (update: JobUpdate) => {
    await using rig = await startRig();
    expect(await rig.coordinator.update(aJob, update, never)).toEqual({ kind: 'accepted', isCanceling: false });
    const { method, url, headers } = rig.server.calls[0] ?? {};
    expect([method, url]).toEqual(['PUT', '/api/v4/jobs/4101']);
    expect(headers?.['job-token']).toBe(aJob.token.reveal());
    const { info, ...rest } = rig.server.json(0);
    expect(info).toMatchObject({ name: 'fargate-gitlab-runner', version: '1.2.3', revision: 'abcdef12', executor: 'custom' });
    return rest;
  };
  const token = aJob.token.reveal();

  it('13: the first one has an empty output and no checksum', async () => {
    expect(await sent(anUpdate)).toEqual({ token, state: 'running', output: {} });
  });

  it('24: a keep-alive has checksum and size', async () => {
    const checksum = 'crc32:4a17b156';
    const output = { checksum, bytesize: 11 };
    expect(await sent({ state: 'running', output: { checksum: 0x4a17b156, bytesize: 11 } })).toEqual({
      token,
      state: 'running',
      output,
      checksum,
    });
  });

  it('22: a checksum has eight digits and no sign; a size of 0 is left out', async () => {
    const of = async (crc: number) => (await sent({ state: 'success', output: { checksum: crc, bytesize: 0 } })).output;
    expect(await of(0)).toEqual({ checksum: 'crc32:00000000' });
    expect(await of(0xabc)).toEqual({ checksum: 'crc32:00000abc' });
    expect(await of(-1)).toEqual({ checksum: 'crc32:ffffffff' });
  });

  it('27: exit code 0 is left out, another is sent with the reason', async () => {
    expect(await sent({ state: 'success', exitCode: 0 })).toEqual({ token, state: 'success', output: {} });
    const failed = { token, state: 'failed', failure_reason: 'script_failure', exit_code: 42, output: {} };
    expect(await sent({ state: 'failed', failureReason: 'script_failure', exitCode: 42 })).toEqual(failed);
  });

  it('27: a reason goes only with failed', async () => {
    expect(await sent({ state: 'success', failureReason: 'script_failure' })).not.toHaveProperty('failure_reason');
  });

  it('an id of the job never leaves its place in the path', async () => {
    await using rig = await startRig();
    await rig.coordinator.update({ ...aJob, id: '../runners?x=' }, anUpdate, never);
    expect(rig.server.calls[0]?.url).toBe('/api/v4/jobs/..%2Frunners%3Fx%3D');
  });
});

function withSignal(coordinator: HttpCoordinator, signal: AbortSignal) {
  return {
    verify: (runner: typeof aRunner) => coordinator.verify(runner, signal),
    request: (runner: typeof aRunner, options: typeof long) => coordinator.request(runner, options, signal),
    patchTrace: (job: typeof aJob, piece: typeof patch) => coordinator.patchTrace(job, piece, signal),
    update: (job: typeof aJob, update: typeof anUpdate) => coordinator.update(job, update, signal),
  };
}
