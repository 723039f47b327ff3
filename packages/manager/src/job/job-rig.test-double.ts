import { rm } from 'node:fs/promises';
import { shimFolderOf } from '@fargate-gitlab-runner/blueprint';
import {
  type EmulatorSettings,
  type EnqueuedJobSpec,
  type GitLabControl,
  type JobView,
  startGitLabEmulator,
} from '@fargate-gitlab-runner/emulator-gitlab';
import { Scope, Secret, seededRandom, systemClock, systemRandom } from '@fargate-gitlab-runner/kernel';
import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import { GitlabApi } from '../coordinator/gitlab-api.ts';
import { HttpArtifacts } from '../coordinator/http-artifacts.ts';
import { HttpCoordinator } from '../coordinator/http-coordinator.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { flowRig } from '../flow/flow-rig.test-double.ts';
import { MemoryJobStore } from '../store/memory-job-store.test-double.ts';
import { sampleRecord } from '../store/sample-record.test-double.ts';
import type { ReplaceOutcome, Versioned } from '../store/job-store.ts';
import type { JobRecord } from '../store/job-record.ts';
import type { ManagerEvent } from '../telemetry/manager-event.ts';
import { LocalSession } from '../transport/shim/local-session.test-double.ts';
import type { ConnectOutcome } from '../transport/transport.ts';
import { ShimClient } from '../transport/shim/shim-client.ts';
import { driveJob } from './job-driver.ts';
import { jobSettings } from './job-settings.test-double.ts';
import type { JobTools } from './job-tools.ts';
import { Spool } from '../archive/spool.ts';

const USUAL = 'setsid git find sort cut od cp chmod touch ln xargs tar gzip uname id mkdir dirname basename cmp stat du awk test'.split(
  ' ',
);

/**
 * Workers that differ in what they have. `whole`: exchanges artifacts by itself. `slim`: as Debian's slim images, the manager packs and
 * unpacks. `busybox`: as Alpine, it can unpack what the manager brings.
 */
const WORKERS = {
  whole: { programs: ['dash', 'curl', 'zip', 'unzip', ...USUAL], isBusybox: false },
  slim: { programs: ['dash', ...USUAL], isBusybox: false },
  busybox: { programs: ['busybox', 'git'], isBusybox: true },
} as const;

/** One of them. */
export type WorkerKind = keyof typeof WORKERS;

type JsonObject = { readonly [key: string]: string | boolean | readonly string[] };

/** A job for the rig: `artifacts` and `cache` are entries of the payload, `from` jobs whose archive it gets. */
export interface RigJob extends EnqueuedJobSpec {
  readonly worker: WorkerKind;
  readonly artifacts?: readonly JsonObject[];
  readonly cache?: readonly JsonObject[];
  readonly from?: readonly Pick<JobView, 'id' | 'name'>[];
}

/** How a job ended; `text` is its log without timestamps, colours and markers. */
export interface RigJobEnd {
  readonly job: JobView;
  readonly text: string;
  readonly lines: readonly string[];
}

/** Parts of the manager that the rig has none of, and settings that a test has instead of the usual. */
type MoreTools = Partial<Omit<JobTools, 'settings'>> & { readonly settings?: Partial<JobTools['settings']> };

/** What one manager of the rig alone has; `leave` is its end. */
type RigManager = Partial<JobTools> & { readonly leave?: AbortSignal };

/** A GitLab and a manager's part that drives jobs, in workers that are child processes. */
export class JobRig implements AsyncDisposable {
  readonly control: GitLabControl;
  readonly url: string;
  readonly events: ManagerEvent[] = [];
  /** So many connections to workers are refused from now on. */
  refusals = 0;
  readonly #scope: Scope;
  readonly #token: string;
  readonly #more: MoreTools;
  readonly #store = new RememberingStore(systemClock);
  /** By placement, and by address. */
  readonly #sessions = new Map<string, LocalSession>();
  readonly #byHost = new Map<string, LocalSession>();

  private constructor(of: { scope: Scope; control: GitLabControl; url: string; token: string; more: MoreTools }) {
    this.#more = of.more;
    this.#scope = of.scope;
    this.control = of.control;
    this.url = of.url;
    this.#token = of.token;
  }

  static async start(settings: Partial<EmulatorSettings> = {}, more: MoreTools = {}): Promise<JobRig> {
    const scope = new Scope();
    const tools = { clock: systemClock, random: systemRandom };
    const { url, control } = scope.use('emulator', await startGitLabEmulator({ ...settings }, tools));
    const { token } = await control.createRunner({ runUntagged: true });
    return new JobRig({ scope, control, url, token, more });
  }

  /** Runs a job to its end. */
  async run({ worker, ...spec }: RigJob): Promise<RigJobEnd> {
    const found = await this.take(spec);
    await this.drive(found, worker);
    return this.ended(found.record.jobId);
  }

  /** Has GitLab hand out the job; nothing of it runs yet. */
  async take({ artifacts = [], cache = [], from = [], variables = [], ...job }: Omit<RigJob, 'worker'>): Promise<Versioned> {
    const dependencies = from.map(({ id, name }) => ({ id: Number(id), name, artifacts_file: { filename: 'x.zip' } }));
    await this.control.enqueueJob({
      ...job,
      variables: [{ key: 'GIT_STRATEGY', value: 'empty' }, ...variables],
      payload: { artifacts: [...artifacts], cache: [...cache], dependencies },
    });
    await using tools = this.#gitlab();
    const verdict = await tools.coordinator.request(
      { name: 'dev', token: new Secret(this.#token) },
      { isLongPoll: false },
      new AbortController().signal,
    );
    if (verdict.kind !== 'job') throw new Error(JSON.stringify(verdict));
    const record = recordOf(verdict.job);
    const created = await this.#store.create(record);
    if (created.kind !== 'created') throw new Error(created.kind);
    return { record, version: created.version };
  }

  /** Drives a job from where its record stands. */
  async drive(found: Versioned, worker: WorkerKind, { leave, ...more }: RigManager = {}) {
    const gitlab = this.#gitlab();
    try {
      const [runner] = flowRig().runners;
      if (!runner) throw new Error('no runner');
      const facts = { runner, concurrentId: 0, hasDeadlineContainer: true, shortToken: 'short' };
      return await driveJob({ ...this.#tools(worker, gitlab), ...more }, { found, facts }, leave ?? new AbortController().signal);
    } finally {
      await gitlab[Symbol.asyncDispose]();
    }
  }

  /** The record as a successor finds it: its owner and generation are the successor's. `changes`: what another version would have written. */
  async claimed(jobId: string, changes: Partial<JobRecord> = {}): Promise<Versioned> {
    const found = await this.#store.read(jobId);
    if (!found) throw new Error('no record');
    const record = { ...found.record, ...changes, owner: 'owner-2', generation: found.record.generation + 1 };
    const outcome = await this.#store.replace(record, found.version);
    if (outcome.kind !== 'replaced') throw new Error(outcome.kind);
    return { record, version: outcome.version };
  }

  /** Every version of the job's record that was written, oldest first. */
  written(jobId: string): JobRecord[] {
    return this.#store.written.filter((record) => record.jobId === jobId);
  }

  async ended(jobId: string): Promise<RigJobEnd> {
    const job = await this.control.job(jobId);
    const lines = (await this.control.trace(jobId)).toString().split('\n').map(plain);
    return { job, lines, text: lines.join('\n') };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const [placementId, session] of this.#sessions) {
      const shim = new ShimClient({ session, folder: shimFolderOf(placementId), generation: 1000, orphanTimeoutS: 60 });
      await shim.open(new AbortController().signal);
      await shim.close(new AbortController().signal);
      await session[Symbol.asyncDispose]();
      await rm(shimFolderOf(placementId), { recursive: true, force: true });
    }
    await this.#scope.close();
  }

  #gitlab() {
    const api = new GitlabApi(
      { url: this.url, systemId: jobSettings.systemId, version: '1.2.3', revision: 'x' },
      { clock: systemClock, random: systemRandom },
    );
    const coordinator = new HttpCoordinator(api);
    const artifacts = new HttpArtifacts(api, { clock: systemClock, random: systemRandom });
    return { coordinator, artifacts, [Symbol.asyncDispose]: () => coordinator[Symbol.asyncDispose]() };
  }

  #tools(worker: WorkerKind, gitlab: Pick<JobTools, 'coordinator' | 'artifacts'>): JobTools {
    return {
      coordinator: gitlab.coordinator,
      artifacts: gitlab.artifacts,
      spool: new Spool(100_000_000),
      clock: systemClock,
      random: systemRandom,
      secrets: { read: () => Promise.reject(new Error('no job has secrets here')) },
      logs: { tail: () => Promise.reject(new Error('no worker dies here')) },
      store: this.#store,
      emit: (event) => void this.events.push(event),
      fleet: instantFleet,
      transport: { connect: ({ host }) => this.#connect(host, worker) },
      makeShim: (session, { placementId, generation }) => {
        this.#place(placementId, session);
        return new ShimClient({ session, generation, folder: shimFolderOf(placementId), orphanTimeoutS: 600 });
      },
      ...this.#more,
      settings: { ...jobSettings, placementTimeoutMs: 10_000, apiUrl: `${this.url}/api/v4`, ...this.#more.settings },
    };
  }

  async #connect(host: string, worker: WorkerKind): Promise<ConnectOutcome> {
    if (this.refusals > 0) {
      this.refusals--;
      return { kind: 'refused', cause: 'nobody listens' };
    }
    return { kind: 'connected', hostKey: 'key', session: await this.#session(host, worker) };
  }

  /** The worker behind an address; connections to it are only let go with the rig. */
  async #session(host: string, worker: WorkerKind) {
    const { programs, isBusybox } = WORKERS[worker];
    const session = this.#byHost.get(host) ?? (await LocalSession.start({ programs, isBusybox }));
    this.#byHost.set(host, session);
    return new SharedSession(session);
  }

  #place(placementId: string, session: unknown): void {
    if (session instanceof SharedSession) this.#sessions.set(placementId, session.session);
  }
}

class RememberingStore extends MemoryJobStore {
  readonly written: JobRecord[] = [];

  override async replace(record: JobRecord, version: string): Promise<ReplaceOutcome> {
    const outcome = await super.replace(record, version);
    if (outcome.kind === 'replaced') this.written.push(record);
    return outcome;
  }
}

/** One of several connections to a worker. */
class SharedSession {
  readonly session: LocalSession;
  readonly lost = new Promise<string>(() => undefined);

  constructor(session: LocalSession) {
    this.session = session;
  }

  exec(...words: Parameters<LocalSession['exec']>) {
    return this.session.exec(...words);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

let tasks = 0;

/** Every placement has its worker at once, and nothing ever stops by itself. */
export const instantFleet: Fleet = {
  place: async () => ({
    kind: 'placed',
    adopted: false,
    task: { region: 'eu-west-1', clusterArn: 'cluster', taskArn: `task-${tasks++}` },
  }),
  find: async () => undefined,
  awaitAddress: async ({ taskArn }) => ({ kind: 'address', host: taskArn }),
  awaitStopped: (_task, signal) =>
    new Promise((_resolve, reject) => {
      if (signal.aborted) reject(signal.reason);
      else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
  lookForStop: async () => undefined,
  judgeConnect: () => {
    throw new Error('every worker answers here');
  },
  stop: async () => ({ kind: 'stopped' }),
};

function recordOf(payload: JobPayload) {
  const acceptedAt = systemClock.now();
  return sampleRecord({
    jobId: payload.id,
    payload,
    acceptedAt,
    deadlineAt: acceptedAt + 600_000,
    jobToken: new Secret(payload.token),
    nonce: new Secret(seededRandom(3).hex(8)),
  });
}

const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[mK]`, 'g');

function plain(line: string): string {
  return line
    .replace(/^\S+Z \d\d[OE][ +]/, '')
    .replaceAll(/section_(start|end):\d+:[^\r]*\r/g, '')
    .replaceAll(COLOURS, '');
}
