import { Scope, seededRandom, systemClock } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { GitlabApi } from '../coordinator/gitlab-api.ts';
import { HttpCoordinator } from '../coordinator/http-coordinator.ts';
import { RecordingServer, type Reply } from '../coordinator/recording-server.test-double.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { flowRig } from '../flow/flow-rig.test-double.ts';
import type { JobRecord } from '../store/job-record.ts';
import { MemoryJobStore } from '../store/memory-job-store.test-double.ts';
import { sampleRecord } from '../store/sample-record.test-double.ts';
import { driveJob } from './job-driver.ts';
import type { JobTools } from './job-tools.ts';

/** A fleet without capacity: a job that comes as far as asking for a worker fails there, with the code `NO_ROOM`. */
const noRoom: Fleet = {
  place: async () => ({
    kind: 'failed',
    failure: {
      retry: 'give up',
      isCapacity: false,
      elsewhere: false,
      who: 'operator',
      code: 'NO_ROOM',
      cause: 'there is no room',
      cure: 'wait',
    },
  }),
  find: async () => undefined,
  awaitAddress: () => new Promise(() => undefined),
  awaitStopped: () => new Promise(() => undefined),
  judgeConnect: () => {
    throw new Error('no job comes as far as a worker here');
  },
  stop: async () => ({ kind: 'stopped' }),
};

/** Everything but GitLab and the fleet; nothing here comes as far as a worker. */
function otherTools(): Omit<JobTools, 'coordinator' | 'fleet'> {
  const nobody = () => Promise.reject(new Error('no job comes as far as a worker here'));
  return {
    clock: systemClock,
    random: seededRandom(2),
    transport: { connect: nobody },
    store: new MemoryJobStore(systemClock),
    emit: () => undefined,
    makeShim: () => {
      throw new Error('no job comes as far as a worker here');
    },
    settings: {
      version: '1.2.3',
      revision: 'abcdef12',
      systemId: 'r_0123456789ab',
      hostname: 'host',
      apiUrl: 'http://gitlab.invalid/api/v4',
      storeId: 'store',
      outputLimitBytes: 4_194_304,
      traceInitialPaceMs: 5,
      placementTimeoutMs: 1000,
      reconnectTimeoutMs: 1000,
      killGraceMs: 1000,
      workerMarginMs: 1000,
      renewMs: 60_000,
    },
  };
}

/** Drives one job from its admission to its end against a GitLab that gives these replies and then takes everything; tells every call. */
async function drive(replies: readonly Reply[], changes: Partial<JobRecord> = {}) {
  await using scope = new Scope();
  const server = scope.use('server', await RecordingServer.open(...replies, ({ method }) => ({ status: method === 'PATCH' ? 202 : 200 })));
  const identity = { systemId: 'r_0123456789ab', version: '1', revision: 'x' };
  const tools: JobTools = {
    ...otherTools(),
    coordinator: scope.use(
      'gitlab',
      new HttpCoordinator(new GitlabApi({ url: server.url, ...identity }, { clock: systemClock, random: seededRandom(1) })),
    ),
    fleet: noRoom,
  };
  const record = sampleRecord({ jobId: '4101', ...changes });
  await tools.store.create(record);
  const [runner] = flowRig().runners;
  if (!runner) throw new Error('no runner');
  const facts = { runner, concurrentId: 0, hasDeadlineContainer: true, shortToken: 'short' };
  expect(await driveJob(tools, { found: { record, version: '1' }, facts }, new AbortController().signal)).toBe('finished');
  return server.calls.map(({ method, body }) => (method === 'PUT' ? { put: JSON.parse(body.toString()) } : { patch: body.toString() }));
}

type Call = Awaited<ReturnType<typeof drive>>[number];
const puts = (calls: readonly Call[]) => calls.flatMap((call) => ('put' in call ? [call.put] : []));
const log = (calls: readonly Call[]) => calls.map((call) => ('patch' in call ? call.patch : '')).join('');

describe('the first thing that GitLab hears of a job', () => {
  it('13: is that it runs, with an empty output and no checksum', async () => {
    const [first] = puts(await drive([{ status: 200 }]));
    expect(first).toMatchObject({ token: 'job-token-in-clear', state: 'running', output: {} });
    expect(first.output).toEqual({});
    expect(Object.keys(first).sort()).toEqual(['info', 'output', 'state', 'token']);
  });

  it.each([
    ['403', { status: 403 }],
    ['404', { status: 404 }],
    ['a canceled job', { status: 200, headers: { 'Job-Status': 'canceled' } }],
    ['a failed job', { status: 200, headers: { 'Job-Status': 'failed' } }],
  ] as const)('14: is the last, when the answer is %s', async (_name, reply) => {
    expect(await drive([reply])).toHaveLength(1);
  });

  it('15: is followed by its end alone, when the answer is canceling: no worker, no script', async () => {
    const calls = await drive([{ status: 200, headers: { 'Job-Status': 'canceling' } }]);
    expect(puts(calls).slice(1)).toMatchObject([{ state: 'failed', failure_reason: 'unknown_failure' }]);
    expect(log(calls)).not.toContain('Placing the job');
  });

  it('15: the reason is the real one where GitLab knows it', async () => {
    const { payload } = sampleRecord();
    const known = { ...payload, features: { ...payload.features, failure_reasons: ['job_canceled'] } };
    const calls = await drive([{ status: 200, headers: { 'Job-Status': 'canceling' } }], { payload: known });
    expect(puts(calls).slice(1)).toMatchObject([{ state: 'failed', failure_reason: 'job_canceled' }]);
  });

  it.each([
    ['is lost', { cut: 'before' }],
    ['is an outage', { status: 501 }],
    ['is a conflict', { status: 409 }],
  ] as const)('16: changes nothing when the answer %s: a worker is asked for', async (_name, reply) => {
    const calls = await drive([reply]);
    expect(log(calls)).toContain('Placing the job');
    expect(puts(calls).at(-1)).toMatchObject({ state: 'failed', failure_reason: 'runner_system_failure' });
  });

  it('17: is that it failed, when it asks for an option that no runner knows: why stands in its log', async () => {
    const { payload } = sampleRecord();
    const image = { alias: undefined, entrypoint: undefined, command: undefined, variables: [], pull_policy: [], name: 'alpine' };
    const asked = { ...payload, image: { ...image, executor_opts: { docker: { privileged: true } } } };
    const calls = await drive([], { payload: asked });
    expect(log(calls)).toContain('unsupported docker option "privileged"');
    expect(puts(calls)).toMatchObject([{ state: 'failed', failure_reason: 'runner_system_failure', exit_code: 3 }]);
  });
});
