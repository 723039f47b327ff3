import type { CacheConfig } from './cache-config.ts';
import type { Config } from './config.ts';
import type { RegistrationConfig, RunnerConfig, RunnerScripts } from './runner-config.ts';
import type { ConfigDocument } from './schema/document-schema.ts';
import type { StoreConfig } from './store-config.ts';

/**
 * A configuration as a document again, complete and in the words of the file: for handing it to another process as JSON. Tokens are
 * left out. `defineConfig(documentOf(config), tokens)` gives the same configuration.
 */
export function documentOf(config: Config) {
  const { timing } = config;
  return {
    gitlab_url: config.gitlabUrl,
    gitlab_runner_concurrency: config.concurrency,
    gitlab_runner_name_prefix: config.namePrefix,
    deployment: config.deployment,
    check_interval_ms: config.checkIntervalMs,
    ...(config.requestConcurrency !== undefined && { request_concurrency: config.requestConcurrency }),
    store: storeOf(config.store),
    ...cacheOf(config.cache),
    timing: {
      heartbeat_ms: timing.heartbeatMs,
      owner_stale_ms: timing.ownerStaleMs,
      worker_orphan_timeout_s: timing.workerOrphanTimeoutS,
      worker_margin_ms: timing.workerMarginMs,
      placement_timeout_ms: timing.placementTimeoutMs,
      describe_interval_ms: timing.describeIntervalMs,
      reconnect_timeout_ms: timing.reconnectTimeoutMs,
      kill_grace_ms: timing.killGraceMs,
      drain_ms: timing.drainMs,
      trace_initial_pace_ms: timing.traceInitialPaceMs,
      unhealthy_interval_ms: timing.unhealthyIntervalMs,
      connection_max_age_ms: timing.connectionMaxAgeMs,
    },
    ecs: { ...config.ecs },
    ...(config.caFile !== undefined && { ca_file: config.caFile }),
    ...(config.clientCertFile !== undefined && { client_cert_file: config.clientCertFile }),
    ...(config.clientKeyFile !== undefined && { client_key_file: config.clientKeyFile }),
    labels: { ...config.labels },
    strict_check_interval: config.strictCheckInterval,
    unhealthy_requests_limit: config.unhealthyRequestsLimit,
    telemetry: { ...(config.telemetry.port !== undefined && { port: config.telemetry.port }), log_level: config.telemetry.logLevel },
    reaper: { mode: config.reaper.mode, interval_ms: config.reaper.intervalMs },
    output_limit_kib: config.outputLimitKiB,
    job_secret_arns: [...config.jobSecretArns],
    managers_configs: Object.fromEntries(config.runners.map((runner) => [runner.name, entryOf(runner, config.namePrefix)])),
  } satisfies ConfigDocument;
}

function cacheOf(cache: CacheConfig | undefined) {
  if (!cache) return {};
  return {
    cache_bucket_name: cache.bucket,
    cache_bucket_region: cache.region,
    ...(cache.prefix !== '' && { cache_prefix: cache.prefix }),
    cache_shared: cache.isShared,
    ...(cache.endpoint !== undefined && { cache_endpoint: cache.endpoint }),
    cache_credentials: cache.credentials,
  };
}

function storeOf(store: StoreConfig) {
  if (store.kind === 'directory') return { ...store };
  const { kmsKey, prefix, ...same } = store;
  return { ...same, ...(prefix !== '' && { prefix }), ...(kmsKey !== undefined && { kms_key: kmsKey }) };
}

/** What differs from the defaults; most runners have nothing of the kind. */
function registrationOf(registration: RegistrationConfig, usualDescription: string) {
  const given = {
    ...(registration.description !== usualDescription && { description: registration.description }),
    ...(registration.maintenanceNote !== undefined && { maintenance_note: registration.maintenanceNote }),
    ...(!registration.locked && { locked: false }),
    ...(registration.paused && { paused: true }),
    ...(registration.accessLevel !== undefined && { access_level: registration.accessLevel }),
    ...(registration.maximumTimeoutS !== undefined && { maximum_timeout: registration.maximumTimeoutS }),
  };
  return Object.keys(given).length > 0 && { registration: given };
}

function entryOf({ worker, ...runner }: RunnerConfig, namePrefix: string) {
  return {
    tags: [...runner.tags],
    run_untagged: runner.runUntagged,
    limit: runner.limit,
    ...registrationOf(runner.registration, `${namePrefix}_${runner.name}`),
    environment: { ...runner.environment },
    output_limit: runner.outputLimitKiB,
    debug_trace_disabled: runner.debugTraceDisabled,
    custom_build_dir: runner.customBuildDir,
    ...(runner.cloneUrl !== undefined && { clone_url: runner.cloneUrl }),
    ...scriptsOf(runner.scripts),
    ...(worker.image !== undefined && { worker_docker_image: worker.image }),
    ...(worker.cpu !== undefined && { worker_cpu: worker.cpu }),
    ...(worker.memoryMiB !== undefined && { worker_memory: worker.memoryMiB }),
    ...(worker.cpuArchitecture !== undefined && { worker_cpu_architecture: worker.cpuArchitecture }),
    worker_ecs_cluster_arn: worker.clusterArn,
    worker_aws_region: worker.region,
    worker_subnet_ids: [...worker.subnetIds],
    worker_security_group_ids: [...worker.securityGroupIds],
    worker_assign_public_ip: worker.assignPublicIp,
    worker_ssh_user: worker.sshUser,
    worker_ssh_port: worker.sshPort,
    worker_task_definition_arn: worker.taskDefinition,
    ...(worker.taskRoleArn !== undefined && { worker_task_role_arn: worker.taskRoleArn }),
    worker_builds_dir: worker.buildsDir,
    worker_capacity: worker.capacity.map((item) => ({ ...item })),
    ...(worker.capacityFallback !== undefined && { worker_capacity_fallback: worker.capacityFallback.map((item) => ({ ...item })) }),
    ...(worker.ephemeralStorageGiB !== undefined && { worker_ephemeral_storage_gib: worker.ephemeralStorageGiB }),
    worker_proof: worker.proof,
  };
}

function scriptsOf({ preGetSources, postGetSources, preBuild, postBuild }: RunnerScripts) {
  const text = (commands: readonly string[]) => (commands.length > 0 ? commands.join('\n') : undefined);
  const all = {
    pre_get_sources_script: text(preGetSources),
    post_get_sources_script: text(postGetSources),
    pre_build_script: text(preBuild),
    post_build_script: text(postBuild),
  };
  return Object.fromEntries(Object.entries(all).filter(([, script]) => script !== undefined));
}
