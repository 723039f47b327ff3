import { MANAGER_ENV } from '@fargate-gitlab-runner/blueprint';
import type { Environment } from '../environment.ts';
import { type Finding, type Path, type Place, pathText } from '../finding.ts';
import type { Source } from '../source.ts';
import { isRecord } from '../value-at.ts';
import { openJson } from './json-door.ts';

/**
 * The variables of a manager on ECS, the predecessor's and ours, and the keys of the document that they stand for, in the order of the
 * report.
 */
export const ENVIRONMENT_VARIABLES = {
  gitlab_url: MANAGER_ENV.gitlabUrl,
  gitlab_runner_concurrency: MANAGER_ENV.concurrency,
  gitlab_runner_name_prefix: MANAGER_ENV.namePrefix,
  deployment: MANAGER_ENV.deployment,
  managers_configs: MANAGER_ENV.runners,
  gitlab_token: MANAGER_ENV.token,
  job_secret_arns: MANAGER_ENV.jobSecrets,
  'store.bucket': MANAGER_ENV.storeBucket,
  'store.region': MANAGER_ENV.storeRegion,
  cache_bucket_name: MANAGER_ENV.cacheBucket,
  cache_bucket_region: MANAGER_ENV.cacheRegion,
  cache_prefix: MANAGER_ENV.cachePrefix,
  cache_shared: MANAGER_ENV.cacheShared,
  'telemetry.port': MANAGER_ENV.telemetryPort,
  ca_file: 'CA_CERTIFICATES_PATH',
} as const;

const SSH_USER = 'WORKER_SSH_USER';
/** The predecessor's image runs one job at a time unless told otherwise. */
const CONCURRENCY = '1';

/** Opens the environment as the predecessor's manager image reads it. Empty variables count as not set. */
export function openEnvironment(env: Environment): Source {
  const runners = jsonIn(env, 'managers_configs');
  const jobSecrets = jsonIn(env, 'job_secret_arns');
  const value = {
    gitlab_url: env[ENVIRONMENT_VARIABLES.gitlab_url],
    gitlab_runner_concurrency: env[ENVIRONMENT_VARIABLES.gitlab_runner_concurrency] || CONCURRENCY,
    gitlab_runner_name_prefix: env[ENVIRONMENT_VARIABLES.gitlab_runner_name_prefix],
    deployment: env[ENVIRONMENT_VARIABLES.deployment],
    managers_configs: withSshUser(runners.value, env[SSH_USER] || undefined),
    gitlab_token: env[ENVIRONMENT_VARIABLES.gitlab_token],
    job_secret_arns: jobSecrets.value,
    store: storeIn(env),
    cache_bucket_name: env[ENVIRONMENT_VARIABLES.cache_bucket_name],
    cache_bucket_region: env[ENVIRONMENT_VARIABLES.cache_bucket_region],
    cache_prefix: env[ENVIRONMENT_VARIABLES.cache_prefix],
    cache_shared: env[ENVIRONMENT_VARIABLES.cache_shared],
    telemetry: { port: env[ENVIRONMENT_VARIABLES['telemetry.port']] },
    ca_file: env[ENVIRONMENT_VARIABLES.ca_file],
  };
  return { name: 'the environment', folder: '.', value, findings: [...runners.findings, ...jobSecrets.findings], locate };
}

/** Whether the environment means to be a configuration. */
export function hasConfiguration(env: Environment): boolean {
  return Boolean(env[ENVIRONMENT_VARIABLES.gitlab_url] || env[ENVIRONMENT_VARIABLES.managers_configs]);
}

/** What a variable that holds JSON says, undefined when it is not set. */
function jsonIn(
  env: Environment,
  key: 'managers_configs' | 'job_secret_arns',
): { readonly value: unknown; readonly findings: readonly Finding[] } {
  const content = env[ENVIRONMENT_VARIABLES[key]];
  if (!content) return { value: undefined, findings: [] };
  const opened = openJson({ content, name: ENVIRONMENT_VARIABLES[key], folder: '.' });
  const { findings, value } = opened.kind === 'closed' ? { findings: opened.findings, value: undefined } : opened.source;
  return { value, findings: findings.map((finding) => inEnvironment(finding, key)) };
}

/** A fault of the JSON text stands among the other variables where the variable does. */
function inEnvironment(finding: Finding, key: string): Finding {
  const path = [key];
  return { ...finding, path, place: { label: finding.place?.label ?? '', order: locate(path).order } };
}

/** A bucket makes it a store in S3; nothing at all leaves it to the default. */
function storeIn(env: Environment) {
  const bucket = env[ENVIRONMENT_VARIABLES['store.bucket']] || undefined;
  const region = env[ENVIRONMENT_VARIABLES['store.region']] || undefined;
  return bucket === undefined && region === undefined ? undefined : { kind: 's3', bucket, region };
}

function withSshUser(runners: unknown, sshUser: string | undefined): unknown {
  if (sshUser === undefined) return runners;
  const add = (entry: unknown) => (isRecord(entry) && !entry.worker_ssh_user ? { ...entry, worker_ssh_user: sshUser } : entry);
  if (Array.isArray(runners)) return runners.map(add);
  return isRecord(runners) ? Object.fromEntries(Object.entries(runners).map(([name, entry]) => [name, add(entry)])) : runners;
}

function locate(path: Path): Place {
  const text = pathText(path);
  const order = Object.keys(ENVIRONMENT_VARIABLES).findIndex(
    (key) => text === key || (/^[.[]/.test(text.slice(key.length)) && text.startsWith(key)),
  );
  const [key, variable] = Object.entries(ENVIRONMENT_VARIABLES)[order] ?? ['', ''];
  return { label: `${variable}${text.slice(key.length)}`, order };
}
