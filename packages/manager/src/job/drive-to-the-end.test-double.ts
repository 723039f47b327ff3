import type { RunnerConfig } from '@fargate-gitlab-runner/config';
import { Scope, seededRandom, systemClock } from '@fargate-gitlab-runner/kernel';
import { GitlabApi } from '../coordinator/gitlab-api.ts';
import { HttpCoordinator } from '../coordinator/http-coordinator.ts';
import { RecordingServer, type Reply } from '../coordinator/recording-server.test-double.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { flowRig } from '../flow/flow-rig.test-double.ts';
import type { JobRecord } from '../store/job-record.ts';
import { MemoryJobStore } from '../store/memory-job-store.test-double.ts';
import { sampleRecord } from '../store/sample-record.test-double.ts';
import { driveJob } from './job-driver.ts';
import { Spool } from '../archive/spool.ts';
import { jobSettings } from './job-settings.test-double.ts';
import type { JobFacts, JobTools } from './job-tools.ts';

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
  lookForStop: async () => undefined,
  judgeConnect: () => {
    throw new Error('no job comes as far as a worker here');
  },
  stop: async () => ({ kind: 'stopped' }),
};

/** Everything but GitLab and the fleet; nothing here comes as far as a worker. */
function otherTools(settings: DriveWishes['settings'] = {}): Omit<JobTools, 'coordinator' | 'fleet'> {
  const nobody = () => Promise.reject(new Error('no job comes as far as a worker here'));
  return {
    clock: systemClock,
    random: seededRandom(2),
    transport: { connect: nobody },
    artifacts: { upload: nobody, download: nobody },
    spool: new Spool(0),
    store: new MemoryJobStore(systemClock),
    secrets: { read: nobody },
    logs: { tail: nobody },
    emit: () => undefined,
    makeShim: () => {
      throw new Error('no job comes as far as a worker here');
    },
    settings: {
      ...jobSettings,
      placementTimeoutMs: 1000,
      reconnectTimeoutMs: 1000,
      ...settings,
    },
  };
}

/** What a test has instead of the usual. */
export interface DriveWishes {
  readonly changes?: Partial<JobRecord>;
  readonly tools?: Partial<JobTools>;
  readonly settings?: Partial<JobTools['settings']>;
  readonly runner?: Partial<RunnerConfig>;
  readonly facts?: Partial<JobFacts>;
}

/** Drives one job from its admission to its end against a GitLab that gives these replies and then takes everything; tells every call. */
export async function driveToTheEnd(replies: readonly Reply[], wishes: DriveWishes = {}) {
  await using scope = new Scope();
  const server = scope.use('server', await RecordingServer.open(...replies, ({ method }) => ({ status: method === 'PATCH' ? 202 : 200 })));
  const identity = { systemId: 'r_0123456789ab', version: '1', revision: 'x' };
  const tools: JobTools = {
    ...otherTools(wishes.settings),
    coordinator: scope.use(
      'gitlab',
      new HttpCoordinator(new GitlabApi({ url: server.url, ...identity }, { clock: systemClock, random: seededRandom(1) })),
    ),
    fleet: noRoom,
    ...wishes.tools,
  };
  const record = sampleRecord({ jobId: '4101', ...wishes.changes });
  await tools.store.create(record);
  const [runner] = flowRig().runners;
  if (!runner) throw new Error('no runner');
  const facts = {
    runner: { ...runner, ...wishes.runner },
    concurrentId: 0,
    hasDeadlineContainer: true,
    shortToken: 'short',
    ...wishes.facts,
  };
  const outcome = await driveJob(tools, { found: { record, version: '1' }, facts }, new AbortController().signal);
  if (outcome !== 'finished') throw new Error(`the drive ended as ${outcome}`);
  return server.calls.map(({ method, body }) => (method === 'PUT' ? { put: JSON.parse(body.toString()) } : { patch: body.toString() }));
}
