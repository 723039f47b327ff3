import { resolve } from 'node:path';
import { defaultWorkerFamilyOf, workerFamilyOf } from '@fargate-gitlab-runner/blueprint';
import type { Secret } from '@fargate-gitlab-runner/kernel';
import type { Config } from './config.ts';
import { frozen } from './frozen.ts';
import { normaliseCache } from './normalise-cache.ts';
import { normaliseRunner } from './normalise-runner.ts';
import { normaliseStore } from './normalise-store.ts';
import type { RunnerConfig } from './runner-config.ts';
import { runnerEntriesOf } from './runner-entries.ts';
import type { ParsedDocument } from './schema/document-schema.ts';

/** A document that passed every check, as the rest of the program wants it. `folder` is where relative paths start. */
export function normalise(document: ParsedDocument, folder: string, tokenOf: (runner: string) => Secret): Config {
  const { store, timing, ecs, telemetry } = document;
  const deployment = document.deployment ?? document.gitlab_runner_name_prefix;
  const concurrency = document.gitlab_runner_concurrency;
  const runners = inMapOrder(
    runnerEntriesOf(document.managers_configs).map(({ name = '', values }) =>
      normaliseRunner(name, values, {
        family: familyOf(document, deployment, name),
        concurrency,
        namePrefix: document.gitlab_runner_name_prefix,
        outputLimitKiB: document.output_limit_kib,
        token: tokenOf(name),
      }),
    ),
  );
  const cache = normaliseCache(document, runners);
  return frozen({
    gitlabUrl: document.gitlab_url,
    concurrency,
    namePrefix: document.gitlab_runner_name_prefix,
    deployment,
    checkIntervalMs: document.check_interval_ms,
    ...(document.request_concurrency !== undefined && { requestConcurrency: document.request_concurrency }),
    store: normaliseStore(store, folder),
    ...(cache && { cache }),
    timing: {
      heartbeatMs: timing.heartbeat_ms,
      ownerStaleMs: timing.owner_stale_ms,
      workerOrphanTimeoutS: timing.worker_orphan_timeout_s,
      workerMarginMs: timing.worker_margin_ms,
      placementTimeoutMs: timing.placement_timeout_ms,
      describeIntervalMs: timing.describe_interval_ms,
      reconnectTimeoutMs: timing.reconnect_timeout_ms,
      killGraceMs: timing.kill_grace_ms,
      drainMs: timing.drain_ms,
      traceInitialPaceMs: timing.trace_initial_pace_ms,
      unhealthyIntervalMs: timing.unhealthy_interval_ms,
      connectionMaxAgeMs: timing.connection_max_age_ms,
    },
    ecs: { ...(ecs.endpoint !== undefined && { endpoint: ecs.endpoint }), credentials: ecs.credentials },
    ...(document.ca_file !== undefined && { caFile: resolve(folder, document.ca_file) }),
    ...(document.client_cert_file !== undefined && { clientCertFile: resolve(folder, document.client_cert_file) }),
    ...(document.client_key_file !== undefined && { clientKeyFile: resolve(folder, document.client_key_file) }),
    labels: { ...document.labels },
    strictCheckInterval: document.strict_check_interval,
    unhealthyRequestsLimit: document.unhealthy_requests_limit,
    telemetry: { ...(telemetry.port !== undefined && { port: telemetry.port }), logLevel: telemetry.log_level },
    reaper: { mode: document.reaper.mode, intervalMs: document.reaper.interval_ms },
    outputLimitKiB: document.output_limit_kib,
    jobSecretArns: [...document.job_secret_arns],
    runners,
  });
}

/** Maps put names that are whole numbers first; a list does as if it had been a map, so that the shape makes no difference. */
function inMapOrder(runners: readonly RunnerConfig[]): RunnerConfig[] {
  return Object.values(Object.fromEntries(runners.map((runner) => [runner.name, runner])));
}

/** The family that the predecessor's module makes, where its inputs stand in the same document; ours otherwise. */
function familyOf(document: ParsedDocument, deployment: string, runner: string): string {
  const { project_code: project, environment, service_name: name } = document;
  const isService = typeof project === 'string' && typeof environment === 'string' && typeof name === 'string';
  return isService ? workerFamilyOf({ project, environment, name }, runner) : defaultWorkerFamilyOf(deployment, runner);
}
