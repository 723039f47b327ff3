/**
 * The names that the program, its workers and its infrastructure must agree on. A name in this file is a contract: it may be
 * added to, never changed.
 */

/** The one essential container of a worker that runs jobs. The predecessor's users have it in their task definitions. */
export const WORKER_CONTAINER = 'ci-coordinator';
/** The essential sidecar that ends a worker when its job's deadline has passed, whatever the job did to the rest. */
export const DEADLINE_CONTAINER = 'ci-deadline';

/** The port of sshd in a plain worker. */
export const WORKER_SSH_PORT = 22;
/** The port of the SSH server in a toolbox worker, and of every local worker. */
export const TOOLBOX_SSH_PORT = 2222;

/** Environment variables that RunTask sets in the worker's container. */
export const WORKER_ENV = {
  /** One authorized_keys line; the worker image installs it. The predecessor's name. */
  sshPublicKey: 'SSH_PUBLIC_KEY',
  /** The random value by which a worker proves that it is the task we started. */
  nonce: 'FARGATE_GITLAB_RUNNER_NONCE',
  /** The placement this worker was started for. */
  placement: 'FARGATE_GITLAB_RUNNER_PLACEMENT',
} as const;

/** Environment variables of the worker's container that its task definition sets. */
export const WORKER_DEFINITION_ENV = {
  /** The port of sshd where it is not {@link WORKER_SSH_PORT}; the worker image obeys it. */
  sshPort: 'WORKER_SSH_PORT',
} as const;

/** Environment variables of a deployed manager: the predecessor's, and those that say what it had no words for. */
export const MANAGER_ENV = {
  gitlabUrl: 'GITLAB_URL',
  /** Jobs at a time, in each manager process. */
  concurrency: 'RUNNER_CONCURRENCY',
  namePrefix: 'RUNNER_NAME_PREFIX',
  /** JSON: a map by runner name, or a list of entries with `manager_name`. */
  runners: 'MANAGERS_CONFIGS',
  /** The token secret; see parseTokenSecret. */
  token: 'GITLAB_REGISTRATION_TOKEN',
  /** Value of the deployment tag on every task. */
  deployment: 'RUNNER_DEPLOYMENT',
  /** The bucket of the job store; without it the store is a directory. */
  storeBucket: 'JOB_STORE_BUCKET',
  /** The region of that bucket. */
  storeRegion: 'JOB_STORE_REGION',
  /** The bucket for the cache of jobs; without it there is no cache. */
  cacheBucket: 'CACHE_BUCKET',
  /** The region of that bucket; left out: that of the first runner. */
  cacheRegion: 'CACHE_REGION',
  /** What the name of every object in it begins with. */
  cachePrefix: 'CACHE_PREFIX',
  /** `true`: the runners have their caches in common. */
  cacheShared: 'CACHE_SHARED',
  /** JSON: a list of ARNs of secrets and parameters that jobs may name. */
  jobSecrets: 'JOB_SECRET_ARNS',
  /** Port for health and metrics; the manager's image sets it. */
  telemetryPort: 'TELEMETRY_PORT',
} as const;

/** Where the manager's image serves health and metrics, and what its health check is. */
export const MANAGER_TELEMETRY_PORT = 9252;
export const MANAGER_HEALTH_CHECK = '/usr/local/lib/fargate-gitlab-runner/healthcheck.sh';

/** Tags on every task that a manager starts. Keys are AWS tag keys; the reaper and the IAM policies look at them. */
export const TASK_TAGS = {
  /** Which deployment (name prefix and store) the task belongs to. */
  deployment: 'fargate-gitlab-runner:deployment',
  runner: 'fargate-gitlab-runner:runner',
  job: 'fargate-gitlab-runner:job',
  placement: 'fargate-gitlab-runner:placement',
  /** The id of the job store whose record claims the task. */
  store: 'fargate-gitlab-runner:store',
} as const;

/** `startedBy` of a placement: at most 128 characters of `[A-Za-z0-9_/-]` (ECS RunTask). */
export function startedByOf(placementId: string): string {
  return `fgr/${placementId}`;
}

/** `clientToken` of a placement: at most 64 printable ASCII characters (ECS RunTask). */
export function clientTokenOf(placementId: string): string {
  return `fgr-${placementId}`;
}

/** The folder in a worker where the shim keeps its files. One worker serves one job, but local workers share a file system. */
export function shimFolderOf(placementId: string): string {
  return `/tmp/.fargate-gitlab-runner-${placementId}`;
}

/** Family of a worker's task definition, after the predecessor's pattern. Families have no dots (ECS RegisterTaskDefinition). */
export function workerFamilyOf(
  service: { readonly project: string; readonly environment: string; readonly name: string },
  runner: string,
): string {
  return `task-${service.project}-${service.environment}-${service.name}-worker-${runner}`.replaceAll('.', '-');
}

/**
 * Family of a worker's task definition where the configuration names none. Families have no dots (ECS RegisterTaskDefinition), names of
 * runners and deployments may.
 */
export function defaultWorkerFamilyOf(deployment: string, runner: string): string {
  return `task-${deployment}-worker-${runner}`.replaceAll('.', '-');
}

/**
 * Where the objects of a job store lie in its bucket, after the configured prefix. Live records and the tombstones of jobs that are over
 * lie apart, so that looking for jobs lists the living only and a lifecycle rule can expire `done/` alone.
 */
export const STORE_KEYS = {
  jobs: 'jobs/',
  done: 'done/',
  owners: 'owners/',
  systemIds: 'system-ids/',
  runnerTokens: 'runner-tokens/',
  identity: 'identity/',
} as const;

/** A lifecycle rule: what begins with `prefix` is removed so many days after it was last written. */
export interface ExpiryRule {
  readonly prefix: string;
  readonly days: number;
}

/**
 * What lifecycle rules of the job store's bucket remove. Tombstones and heartbeats are written anew while anybody needs them. A live record
 * is written at intents only, so not at all while a long script runs, and GitLab lets a job run for a month: its rule is a bound for
 * garbage and for nothing else. System ids and runner tokens stay.
 */
export const STORE_EXPIRY: readonly ExpiryRule[] = [
  { prefix: STORE_KEYS.jobs, days: 40 },
  { prefix: STORE_KEYS.done, days: 2 },
  { prefix: STORE_KEYS.owners, days: 2 },
];

/** What the program calls itself towards GitLab and on its command line. */
export const PROGRAM_NAME = 'fargate-gitlab-runner';

/**
 * How the families of task definitions begin that a manager derives from a runner's own (another image, services); the rest is a hash of
 * what was asked for, 16 to 64 hexadecimal digits.
 */
export function derivedFamilyPrefixOf(deployment: string): string {
  return `fgr-${deployment.replaceAll('.', '-')}-derived-`;
}

/** Whether a manager of this deployment made this family: nobody else's is ever taken out of use. */
export function isDerivedFamily(deployment: string, family: string): boolean {
  const prefix = derivedFamilyPrefixOf(deployment);
  return family.startsWith(prefix) && /^[0-9a-f]{16,64}$/.test(family.slice(prefix.length));
}
