/**
 * The one place where a manager is put together. The way of a job through it:
 *
 *     poll -> admit -> place -> connect -> execute -> report -> reclaim
 *
 * - poll (flow/polling): holds a slot before it asks, so that no job comes for which there is no room.
 * - admit (flow/admission): records the job before anything happens to it, so that a crash loses no job.
 * - place (job/placing over fleet): stores the RunTask request before sending it, so that no job ever has two tasks.
 * - connect (job/worker-reach over transport): lets the worker prove itself before it gets a script or a secret.
 * - execute (job/stage-loop over transport/shim): scripts run detached in the worker; a connection is only a window on them.
 * - report (job/reporting over coordinator): the whole trace first, then how the job ended.
 * - reclaim (job/reclaiming): stops the task on a deadline of its own, whatever became of the job.
 */
import { hostname } from 'node:os';
import { shimFolderOf } from '@fargate-gitlab-runner/blueprint';
import type { CacheConfig, Config, ProxySettings } from '@fargate-gitlab-runner/config';
import { type Clock, type Random, Slots } from '@fargate-gitlab-runner/kernel';
import type { CacheStore } from './cache/cache-store.ts';
import { S3CacheCarrier } from './cache/s3/s3-cache-carrier.ts';
import { S3CacheStore } from './cache/s3/s3-cache-store.ts';
import { GitlabApi, type GitlabApiSettings } from './coordinator/gitlab-api.ts';
import { apiUrlOf } from './coordinator/base-url.ts';
import { HttpArtifacts } from './coordinator/http-artifacts.ts';
import { HttpCoordinator } from './coordinator/http-coordinator.ts';
import { HttpRunnerManagement } from './coordinator/http-runner-management.ts';
import { shortTokenOf } from './coordinator/short-token.ts';
import { tokenFacts } from './coordinator/token-facts.ts';
import { AwsEcsGateway } from './fleet/aws/aws-ecs-gateway.ts';
import { AwsWorkerLogs } from './fleet/aws/aws-worker-logs.ts';
import { PacedEcsGateway } from './fleet/paced-ecs-gateway.ts';
import { EcsFleet } from './fleet/ecs-fleet.ts';
import type { EcsGateway } from './fleet/ecs-gateway.ts';
import { Reaper } from './fleet/reaper/reaper.ts';
import { RunnerDefinitions } from './fleet/runner-definitions.ts';
import type { DefinitionFinding } from './fleet/task-definition-check.ts';
import { Adoption } from './flow/adoption.ts';
import { CapacityBell } from './flow/capacity-bell.ts';
import { Ownership } from './flow/ownership.ts';
import { Polling, type PollingTools } from './flow/polling.ts';
import { Registrar } from './flow/registrar.ts';
import { type DriveJob, Roster } from './flow/roster.ts';
import { RunnerKeys } from './flow/runner-keys.ts';
import { takeSystemId } from './flow/system-id-slot.ts';
import { driveJob } from './job/job-driver.ts';
import type { JobFacts, JobTools } from './job/job-tools.ts';
import { Spool } from './archive/spool.ts';
import { Manager } from './manager.ts';
import { takeIdentity } from './manager-identity.ts';
import { claimsOf } from './store-claims.ts';
import type { JobRecord } from './store/job-record.ts';
import type { JobStore } from './store/job-store.ts';
import type { EmitEvent } from './telemetry/manager-event.ts';
import { AwsSecretSource } from './secrets/aws/aws-secret-source.ts';
import { DirectoryStore } from './store/directory/directory-store.ts';
import { S3Store } from './store/s3/s3-store.ts';
import { ShimClient } from './transport/shim/shim-client.ts';
import { makeClientKey } from './transport/ssh/client-key.ts';
import { SshTransport } from './transport/ssh/ssh-transport.ts';

/** What a manager is started with. `version` and `revision` go to GitLab and into every trace. */
export interface ManagerInput {
  readonly config: Config;
  readonly version: string;
  readonly revision: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: EmitEvent;
  /** Proxies on the way to GitLab; none when left out. */
  readonly proxy?: ProxySettings;
  /** Ends the wait for a store that is away at the start. */
  readonly signal?: AbortSignal;
}

/** The longest time between two looks for jobs without a manager; a shorter life of owners makes for more looks. */
const LOOK_MS = 5000;
/** A runner that nobody has for so many times the life of an owner is gone: longer than a deployment and its way back take. */
const STALE_TIMES_UNTIL_GONE = 20;
/** A worker is renewed this often, and oftener where it would be an orphan soon after. */
const RENEW_MS = 60_000;
const RENEWALS = 4;
/** A Fargate task has 20 GiB, of which the image takes some. */
const SPOOL_BYTES = 10 * 1024 ** 3;

/** For emulators; worth nothing anywhere else. */
const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/**
 * Puts a manager together. Nothing is asked of GitLab or AWS until `start`, except what the runners' task definitions contain and what the
 * store knows. A store that is away for the moment is waited for; rejects with the signal's reason, and with what no wait can cure.
 */
export async function makeManager(given: ManagerInput): Promise<Manager> {
  const capacity = new CapacityBell();
  const input: ManagerInput = { ...given, emit: (event) => capacity.hear(event, given.emit) };
  const { config, clock, random, emit } = input;
  const store = await openStore(input);
  const ownership = ownershipOf(input, store);
  const { systemId, storeId } = await takeIdentity({ ...input, store, ownership });
  const { api, coordinator, management } = gitlabOf(input, systemId);
  const keys = new RunnerKeys(config.runners, { clock, random, store, coordinator, management, emit, ...tokenFacts(config.gitlabUrl) });
  const { gateway, fleet } = fleetOf(input);
  const definitions = definitionsOf(input, gateway);
  await definitions.readAll();
  const tools = jobTools(input, { systemId, storeId, coordinator, artifacts: new HttpArtifacts(api, input), fleet, store });
  const roster = new Roster({ slots: slotsOf(config), drive: driverOf(tools, { config, definitions, keys }), emit, clock });
  const reaper = reaperOf(input, { gateway, fleet, store, storeId, isDriving: (jobId) => roster.isDriving(jobId) });
  const { adoption, polling } = flowOf(input, { store, coordinator, ownership, roster, keys });
  capacity.ring = (runner, isThere) => polling.capacity(runner, isThere);
  return new Manager({ config, clock, coordinator, store, ownership, roster, adoption, reaper, polling, keys, emit });
}

function ownershipOf({ config, clock, random, emit }: ManagerInput, store: JobStore): Ownership {
  const { heartbeatMs, ownerStaleMs: staleMs } = config.timing;
  return new Ownership({ owner: random.hex(12), heartbeatMs, staleMs }, { clock, store, emit });
}

/** The ways to GitLab of one manager: they share their connections, which are `api`'s. */
function gitlabOf(input: ManagerInput, systemId: string) {
  const { clock, random, emit } = input;
  const onTlsTrouble = (file: string, cause: string) => emit({ name: 'tls.unreadable', file, cause });
  const api = new GitlabApi(apiSettings(input, systemId), { clock, random, onTlsTrouble });
  return { api, coordinator: new HttpCoordinator(api), management: new HttpRunnerManagement(api) };
}

function fleetOf({ config, clock, random }: Pick<ManagerInput, 'config' | 'clock' | 'random'>) {
  const gateway = new PacedEcsGateway(new AwsEcsGateway({ clock, ...ecsAccess(config) }), { clock, random });
  const fleet = new EcsFleet({ gateway, clock, random, describeIntervalMs: config.timing.describeIntervalMs });
  return { gateway, fleet };
}

/** When jobs are asked for, and which of those that lie in the store are taken up. */
function flowOf(
  { config, clock, random, emit }: ManagerInput,
  parts: Pick<PollingTools, 'store' | 'coordinator' | 'ownership' | 'roster' | 'keys'>,
): { readonly adoption: Adoption; readonly polling: Polling } {
  const { timing, runners } = config;
  const names = new Set(runners.map((runner) => runner.name));
  const everyMs = Math.min(LOOK_MS, timing.ownerStaleMs / 3);
  const goneAfterMs = timing.ownerStaleMs * STALE_TIMES_UNTIL_GONE;
  const polling = new Polling({
    ...parts,
    clock,
    random,
    emit,
    makeClientKey,
    deployment: config.deployment,
    runners,
    concurrency: config.concurrency,
    checkIntervalMs: config.checkIntervalMs,
    strictCheckInterval: config.strictCheckInterval,
    requestConcurrency: config.requestConcurrency ?? 1,
    unhealthyRequestsLimit: config.unhealthyRequestsLimit,
    unhealthyIntervalMs: timing.unhealthyIntervalMs,
  });
  const { deployment } = config;
  return { adoption: new Adoption({ ...parts, clock, emit, runners: names, deployment, goneAfterMs, everyMs }), polling };
}

/** A reaper of its own, for the command line: nothing else of a manager is made. */
export async function makeReaper(input: Omit<ManagerInput, 'version' | 'revision'>): Promise<Reaper> {
  const { random } = input;
  const store = await openStore(input);
  const { gateway, fleet } = fleetOf(input);
  return reaperOf(input, { gateway, fleet, store, storeId: await store.storeId(() => random.hex(12)), isDriving: () => false });
}

/** Registers and unregisters the runners of a configuration, for the command line. `close` cuts the connections. */
export async function makeRegistrar(input: ManagerInput): Promise<{ readonly registrar: Registrar; close(): Promise<void> }> {
  const { config, clock, random, emit } = input;
  const store = await openStore(input);
  // A name that GitLab knows already spares it one more manager; the next manager to start takes over a new one.
  const [known] = await store.systemIds();
  const systemId = known?.id ?? (await takeSystemId(store, { owner: random.hex(12), random }));
  const { api, coordinator, management } = gitlabOf(input, systemId);
  const registrar = new Registrar({ clock, random, store, coordinator, management, emit, ...tokenFacts(config.gitlabUrl) });
  return { registrar, close: () => api[Symbol.asyncDispose]() };
}

function reaperOf(
  { config, clock, random, emit }: Omit<ManagerInput, 'version' | 'revision'>,
  of: { gateway: EcsGateway; fleet: EcsFleet; store: JobStore; storeId: string; isDriving: (jobId: string) => boolean },
): Reaper {
  const { gateway, fleet, store, storeId, isDriving } = of;
  const clusters = new Map(config.runners.map(({ worker: { region, clusterArn } }) => [`${region} ${clusterArn}`, { region, clusterArn }]));
  return new Reaper({
    clock,
    gateway,
    fleet,
    emit,
    claims: claimsOf({ store, isDriving, makeId: () => random.hex(12) }),
    clusters: [...clusters.values()],
    family: { deployment: config.deployment, storeId },
    intervalMs: config.reaper.intervalMs,
    isDryRun: config.reaper.mode === 'report',
  });
}

/** Records lie where the configuration says; every manager of one deployment names the same place. */
async function openStore({ config, clock, random }: Pick<ManagerInput, 'config' | 'clock' | 'random'>): Promise<JobStore> {
  const { store } = config;
  if (store.kind === 'directory') return DirectoryStore.open({ path: store.path, clock, random });
  const { kind, credentials, ...place } = store;
  return new S3Store({ ...place, clock, random, ...(credentials === 'local' && { credentials: LOCAL_CREDENTIALS }) });
}

/** Workers move caches by themselves: what the manager gives them is links. */
function openCache({ credentials, ...place }: CacheConfig): CacheStore {
  return new S3CacheStore({ ...place, ...(credentials === 'local' && { credentials: LOCAL_CREDENTIALS }) });
}

function apiSettings({ config, version, revision, proxy }: ManagerInput, systemId: string): GitlabApiSettings {
  const { gitlabUrl: url, labels, timing, caFile, clientCertFile, clientKeyFile } = config;
  const connectionMaxAgeMs = timing.connectionMaxAgeMs;
  return { url, systemId, version, revision, labels, connectionMaxAgeMs, caFile, clientCertFile, clientKeyFile, ...(proxy && { proxy }) };
}

/** What is wrong with the runners' definitions is told, and found again by the first placement. */
function definitionsOf({ config, clock, random, emit }: ManagerInput, gateway: EcsGateway): RunnerDefinitions {
  const tell = ({ runner, errors, warnings }: DefinitionFinding) => {
    for (const { code, what, cure = '' } of [...errors, ...warnings]) emit({ name: 'runner.definition', runner, code, cause: what, cure });
  };
  return new RunnerDefinitions(config.runners, { gateway, clock, random, tell });
}

function jobTools(
  input: ManagerInput,
  parts: Pick<JobTools, 'artifacts' | 'coordinator' | 'fleet' | 'store'> & { readonly systemId: string; readonly storeId: string },
): JobTools {
  const { config, clock, random, emit } = input;
  return {
    ...parts,
    ...(config.cache && { cache: openCache(config.cache), cacheCarrier: new S3CacheCarrier() }),
    clock,
    random,
    emit,
    transport: new SshTransport(),
    secrets: new AwsSecretSource({ clock, ...ecsAccess(config) }),
    spool: new Spool(SPOOL_BYTES),
    logs: new AwsWorkerLogs({ clock, ...ecsAccess(config) }),
    makeShim: (session, { placementId, generation }) =>
      new ShimClient({ session, generation, folder: shimFolderOf(placementId), orphanTimeoutS: config.timing.workerOrphanTimeoutS }),
    settings: {
      version: input.version,
      revision: input.revision,
      systemId: parts.systemId,
      storeId: parts.storeId,
      hostname: hostname(),
      apiUrl: apiUrlOf(config.gitlabUrl),
      jobSecretArns: config.jobSecretArns,
      traceInitialPaceMs: config.timing.traceInitialPaceMs,
      placementTimeoutMs: config.timing.placementTimeoutMs,
      reconnectTimeoutMs: config.timing.reconnectTimeoutMs,
      killGraceMs: config.timing.killGraceMs,
      workerMarginMs: config.timing.workerMarginMs,
      renewMs: Math.min(RENEW_MS, (config.timing.workerOrphanTimeoutS * 1000) / RENEWALS),
    },
  };
}

function driverOf(
  tools: JobTools,
  of: { readonly config: Config; readonly definitions: RunnerDefinitions; readonly keys: RunnerKeys },
): DriveJob {
  return async (found, { concurrentId }, leave) => {
    const runner = of.config.runners.find(({ name }) => name === found.record.runner);
    if (!runner) return driveJob(tools, { found, facts: goneRunnerFacts(found.record, of.config) }, leave);
    const isToBePlaced = found.record.phase === 'driving' && !found.record.worker;
    if (isToBePlaced) await of.definitions.beforePlacement(runner.name, leave);
    const { hasDeadlineContainer, logs } = of.definitions.of(runner.name);
    const shortToken = shortTokenOf(of.keys.of(runner.name)?.token ?? runner.token);
    const facts = { runner, concurrentId, hasDeadlineContainer, shortToken, ...(logs && { workerLogs: logs }) };
    return driveJob(tools, { found, facts }, leave);
  };
}

/**
 * A job of a runner that nobody has any more is not run: all that is left is to say so, and to give its worker back. What the runner allowed is
 * unknown; a path that the job chose for its clone was looked at before it began.
 */
function goneRunnerFacts({ runner: name }: JobRecord, { runners: [any] }: Config): JobFacts {
  if (!any) throw new Error('a manager without runners');
  const runner = { ...any, name, environment: {}, customBuildDir: true };
  return { runner, isRunnerGone: true, concurrentId: 0, hasDeadlineContainer: true, shortToken: '' };
}

function slotsOf(config: Config): Slots {
  return new Slots(config.concurrency, new Map(config.runners.map(({ name, limit }) => [name, limit])));
}

/** How AWS is reached beside S3: its own way, or an emulator on loopback with credentials without worth. */
function ecsAccess({ ecs }: Config) {
  return {
    ...(ecs.endpoint !== undefined && { endpoint: ecs.endpoint }),
    ...(ecs.credentials === 'local' && { credentials: LOCAL_CREDENTIALS }),
  };
}
