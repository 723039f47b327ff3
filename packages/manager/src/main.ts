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
import { type Clock, deadlineSignal, type Random, Slots } from '@fargate-gitlab-runner/kernel';
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
import { checkTaskDefinitions, type DefinitionFinding } from './fleet/task-definition-check.ts';
import { Adoption } from './flow/adoption.ts';
import { CapacityBell } from './flow/capacity-bell.ts';
import { Ownership } from './flow/ownership.ts';
import { Polling } from './flow/polling.ts';
import { Registrar } from './flow/registrar.ts';
import { type DriveJob, Roster } from './flow/roster.ts';
import { RunnerKeys } from './flow/runner-keys.ts';
import { takeSystemId } from './flow/system-id-slot.ts';
import { driveJob } from './job/job-driver.ts';
import type { JobTools } from './job/job-tools.ts';
import { Spool } from './archive/spool.ts';
import { Manager } from './manager.ts';
import { claimsOf } from './store-claims.ts';
import type { JobStore } from './store/job-store.ts';
import type { EmitEvent } from './telemetry/manager-event.ts';
import { AwsSecretSource } from './secrets/aws/aws-secret-source.ts';
import { DirectoryStore } from './store/directory/directory-store.ts';
import { S3Store } from './store/s3/s3-store.ts';
import { untilStoreAnswers } from './store/until-store-answers.ts';
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
/** A worker is renewed this often, and oftener where it would be an orphan soon after. */
const RENEW_MS = 60_000;
const RENEWALS = 4;
/** A Fargate task has 20 GiB, of which the image takes some. */
const SPOOL_BYTES = 10 * 1024 ** 3;
const DEFINITIONS_WITHIN_MS = 10_000;

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
  const owner = random.hex(12);
  const store = await openStore(input);
  const ownership = new Ownership(
    { owner, heartbeatMs: config.timing.heartbeatMs, staleMs: config.timing.ownerStaleMs },
    { clock, store, emit },
  );
  await ownership.beat();
  const { systemId, storeId } = await identityOf(input, { store, owner });
  const onTlsTrouble = (file: string, cause: string) => emit({ name: 'tls.unreadable', file, cause });
  const api = new GitlabApi(apiSettings(input, systemId), { clock, random, onTlsTrouble });
  const coordinator = new HttpCoordinator(api);
  const management = new HttpRunnerManagement(api);
  const keys = new RunnerKeys(config.runners, { clock, random, store, coordinator, management, emit, ...tokenFacts(config.gitlabUrl) });
  const gateway = new PacedEcsGateway(new AwsEcsGateway({ clock, ...ecsAccess(config) }), { clock, random });
  const definitions = await lookAtDefinitions(input, gateway);
  const fleet = new EcsFleet({ gateway, clock, random, describeIntervalMs: config.timing.describeIntervalMs });
  const tools = jobTools(input, { systemId, storeId, coordinator, artifacts: new HttpArtifacts(api, input), fleet, store });
  const roster = new Roster({ slots: slotsOf(config), drive: driverOf(tools, { config, definitions, keys }), emit, clock });
  const runners = new Set(config.runners.map((runner) => runner.name));
  const adoption = new Adoption({
    clock,
    store,
    emit,
    ownership,
    roster,
    runners,
    everyMs: Math.min(LOOK_MS, config.timing.ownerStaleMs / 3),
  });
  const reaper = reaperOf(input, { gateway, fleet, store, storeId, isDriving: (jobId) => roster.isDriving(jobId) });
  const polling = new Polling({
    clock,
    random,
    store,
    coordinator,
    ownership,
    roster,
    emit,
    makeClientKey,
    deployment: config.deployment,
    runners: config.runners,
    concurrency: config.concurrency,
    keys,
    checkIntervalMs: config.checkIntervalMs,
    strictCheckInterval: config.strictCheckInterval,
    requestConcurrency: config.requestConcurrency ?? 1,
    unhealthyRequestsLimit: config.unhealthyRequestsLimit,
    unhealthyIntervalMs: config.timing.unhealthyIntervalMs,
  });
  capacity.ring = (runner, isThere) => polling.capacity(runner, isThere);
  return new Manager({ config, coordinator, store, ownership, roster, adoption, reaper, polling, keys, emit });
}

/** Who this manager is to GitLab, and which store it works over. */
async function identityOf(input: ManagerInput, { store, owner }: { readonly store: JobStore; readonly owner: string }) {
  const { random, emit } = input;
  const patiently = <T>(operation: string, ask: () => Promise<T>) =>
    untilStoreAnswers({ ask, onFailure: (error) => emit({ name: 'store.failed', operation, cause: String(error) }) }, input);
  return {
    systemId: await patiently('taking a system id', () => takeSystemId(store, { owner, random })),
    storeId: await patiently('reading the id of the store', () => store.storeId(() => random.hex(12))),
  };
}

/** A reaper of its own, for the command line: nothing else of a manager is made. */
export async function makeReaper(input: Omit<ManagerInput, 'version' | 'revision'>): Promise<Reaper> {
  const { config, clock, random } = input;
  const store = await openStore(input);
  const gateway = new PacedEcsGateway(new AwsEcsGateway({ clock, ...ecsAccess(config) }), { clock, random });
  const fleet = new EcsFleet({ gateway, clock, random, describeIntervalMs: config.timing.describeIntervalMs });
  return reaperOf(input, { gateway, fleet, store, storeId: await store.storeId(() => random.hex(12)), isDriving: () => false });
}

/** Registers and unregisters the runners of a configuration, for the command line. `close` cuts the connections. */
export async function makeRegistrar(input: ManagerInput): Promise<{ readonly registrar: Registrar; close(): Promise<void> }> {
  const { config, clock, random, emit } = input;
  const store = await openStore(input);
  // A name that GitLab knows already spares it one more manager; the next manager to start takes over a new one.
  const [known] = await store.systemIds();
  const systemId = known?.id ?? (await takeSystemId(store, { owner: random.hex(12), random }));
  const api = new GitlabApi(apiSettings(input, systemId), {
    clock,
    random,
    onTlsTrouble: (file, cause) => emit({ name: 'tls.unreadable', file, cause }),
  });
  const coordinator = new HttpCoordinator(api);
  const management = new HttpRunnerManagement(api);
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

/** Which runners' definitions have the deadline sidecar. What is wrong with them is told, and found again by the first placement. */
async function lookAtDefinitions(
  { config, clock, random, emit }: ManagerInput,
  gateway: EcsGateway,
): Promise<readonly DefinitionFinding[]> {
  using limit = deadlineSignal(clock, DEFINITIONS_WITHIN_MS);
  const findings = await checkTaskDefinitions(config.runners, { gateway, clock, random }, limit.signal).catch(() => []);
  for (const { runner, errors, warnings } of findings) {
    for (const problem of [...errors, ...warnings])
      emit({ name: 'runner.definition', runner, code: problem.code, cause: problem.what, cure: problem.cure ?? '' });
  }
  return findings;
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
  of: { readonly config: Config; readonly definitions: readonly DefinitionFinding[]; readonly keys: RunnerKeys },
): DriveJob {
  return (found, { concurrentId }, leave) => {
    const runner = of.config.runners.find(({ name }) => name === found.record.runner);
    if (!runner) throw new Error(`job ${found.record.jobId} is for runner ${found.record.runner}, which this manager doesn't have`);
    const { hasDeadlineContainer = false, logs } = of.definitions.find((finding) => finding.runner === runner.name) ?? {};
    const shortToken = shortTokenOf(of.keys.of(runner.name)?.token ?? runner.token);
    const facts = { runner, concurrentId, hasDeadlineContainer, shortToken, ...(logs && { workerLogs: logs }) };
    return driveJob(tools, { found, facts }, leave);
  };
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
