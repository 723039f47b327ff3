import { workerTaskDefinition } from '@fargate-gitlab-runner/blueprint';
import { type Config, type ConfigDocument, defineConfig, documentOf, type LoadResult, load } from '@fargate-gitlab-runner/config';
import type { Environment } from '@fargate-gitlab-runner/config';
import { TOOLBOX_SSH_PORT } from '@fargate-gitlab-runner/blueprint';
import type { Pipeline } from '@fargate-gitlab-runner/emulator-gitlab';

/** All of local mode's ECS lies in one region, whatever the runners name. */
export const LOCAL_REGION = 'eu-west-1';

/** The bucket of local mode's caches. */
export const CACHE_BUCKET = 'local-cache';

const CLUSTER = `arn:aws:ecs:${LOCAL_REGION}:000000000000:cluster/local`;

/** The runners of a configuration file, checked as `check` would, but without tokens: local mode hands out its own. */
export function runnersOfFile(file: string, env: Environment): LoadResult {
  return load({ file, env, tokens: 'not needed' });
}

/** The runner there is without a configuration: it takes every tag of the pipeline, and untagged jobs, so many at a time. */
export function builtInRunner(pipeline: Pipeline, concurrency: number): Config {
  const tags = [...new Set(pipeline.jobs.flatMap((job) => job.tags))];
  return defineConfig({
    gitlab_url: 'http://127.0.0.1',
    gitlab_runner_name_prefix: 'local',
    gitlab_runner_concurrency: concurrency,
    managers_configs: {
      local: {
        tags,
        run_untagged: true,
        worker_ecs_cluster_arn: CLUSTER,
        worker_subnet_id: 'subnet-10ca1000000000000',
        worker_security_group_id: 'sg-10ca1000000000000',
        worker_task_definition_arn: 'local-worker',
      },
    },
  });
}

/** Where the services of local mode listen, and the tokens that the stand-in GitLab gave the runners. */
export interface LocalServices {
  readonly gitlabUrl: string;
  readonly awsUrl: string;
  readonly storePath: string;
  readonly tokens: Readonly<Record<string, string>>;
  /** Jobs at a time, instead of what the configuration says. */
  readonly concurrency: number | undefined;
}

/** The manager's configuration in local mode: the operator's, with addresses on this machine. */
export function localDocument(config: Config, services: LocalServices): ConfigDocument {
  const document = documentOf(config);
  const runners = Object.entries(document.managers_configs).map(([name, runner]) => [
    name,
    {
      ...runner,
      worker_ecs_cluster_arn: clusterHere(runner.worker_ecs_cluster_arn),
      worker_aws_region: LOCAL_REGION,
      worker_task_definition_arn: familyOf(runner.worker_task_definition_arn),
      worker_ssh_port: TOOLBOX_SSH_PORT,
      worker_builds_dir: 'builds',
    },
  ]);
  return {
    ...document,
    gitlab_url: services.gitlabUrl,
    gitlab_token: services.tokens,
    ...(services.concurrency !== undefined && { gitlab_runner_concurrency: services.concurrency }),
    check_interval_ms: 500,
    store: { kind: 'directory', path: services.storePath },
    ecs: { endpoint: services.awsUrl, credentials: 'local' },
    cache_bucket_name: CACHE_BUCKET,
    cache_bucket_region: LOCAL_REGION,
    // The tokens of local mode's runners are new in each run: caches of their own would never be found again.
    cache_shared: true,
    cache_endpoint: services.awsUrl,
    cache_credentials: 'local',
    telemetry: { log_level: 'info' },
    timing: { ...document.timing, trace_initial_pace_ms: 1000, drain_ms: 100 },
    managers_configs: Object.fromEntries(runners),
  };
}

/** The clusters that the runners name, in local mode's region. */
export function clustersOf(config: Config): string[] {
  return [...new Set(config.runners.map((runner) => clusterHere(runner.worker.clusterArn)))];
}

function clusterHere(arn: string): string {
  return arn.replace(/^(arn:[^:]*:ecs:)[^:]*/, `$1${LOCAL_REGION}`);
}

/** The task definitions that the runners name, for the emulator to know. */
export function taskDefinitionsOf(config: Config): object[] {
  const families = new Map(config.runners.map((runner) => [familyOf(runner.worker.taskDefinition), runner.worker]));
  return [...families].map(([family, worker]) =>
    workerTaskDefinition({
      family,
      image: worker.image ?? 'local',
      cpu: worker.cpu ?? 256,
      memoryMiB: worker.memoryMiB ?? 512,
      sshPort: TOOLBOX_SSH_PORT,
    }),
  );
}

/** `family:revision` and ARNs name a revision that the emulator would not have; the family is enough. */
function familyOf(taskDefinition: string): string {
  return taskDefinition.replace(/^arn:[^/]*\//, '').replace(/:\d+$/, '');
}
