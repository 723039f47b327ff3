import type { AwsEmulatorProcess } from '@fargate-gitlab-runner/emulator-aws';
import type { GitLabEmulatorProcess } from '@fargate-gitlab-runner/emulator-gitlab';
import { CACHE_BUCKET, CLUSTER, FAMILY } from './rig-aws.ts';
import type { RigOptions, RigRunner } from './rig-options.ts';
import type { RigRecords } from './rig-records.ts';

/** What the configuration file of a rig's managers is made of. */
export interface RigParts {
  readonly gitlab: GitLabEmulatorProcess;
  readonly aws: AwsEmulatorProcess;
  readonly records: RigRecords;
  /** With their tokens. */
  readonly runners: readonly (RigRunner & { readonly token: string })[];
}

/** The configuration of a rig's managers, as it is written into their file. */
export function managerDocument(options: RigOptions, { gitlab, aws, records, runners }: RigParts): object {
  return {
    gitlab_url: options.through?.gitlab ?? gitlab.url,
    gitlab_runner_concurrency: 50,
    gitlab_runner_name_prefix: 'e2e',
    gitlab_token: Object.fromEntries(runners.map(({ name, token }) => [name, token])),
    check_interval_ms: 200,
    store: records.config,
    ecs: { endpoint: options.through?.aws ?? aws.url, credentials: 'local' },
    cache_bucket_name: CACHE_BUCKET,
    cache_endpoint: aws.url,
    cache_credentials: 'local',
    managers_configs: Object.fromEntries(runners.map((runner) => [runner.name, entryOf(runner)])),
    ...options.config,
  };
}

function entryOf({ tags, limit, entry }: RigRunner): object {
  return {
    tags,
    limit: limit ?? 20,
    worker_docker_image: 'registry.example.com/worker:1',
    worker_cpu: 256,
    worker_memory: 512,
    worker_ecs_cluster_arn: CLUSTER,
    worker_aws_region: 'eu-west-1',
    worker_subnet_id: 'subnet-0123456789abcdef0',
    worker_security_group_id: 'sg-0123456789abcdef0',
    worker_ssh_user: 'root',
    worker_ssh_port: 2222,
    worker_task_definition_arn: FAMILY,
    ...entry,
  };
}
