import type { RunnerServiceProps } from './runner-service-props.ts';

/** The props and the keys of the document that they stand for. */
export const INPUT_KEYS = {
  projectCode: 'project_code',
  environment: 'environment',
  serviceName: 'service_name',
  awsRegion: 'aws_region',
  managerEcsClusterArn: 'manager_ecs_cluster_arn',
  managerInstanceCount: 'manager_instance_count',
  managerCpu: 'manager_cpu',
  managerMemory: 'manager_memory',
  managerCpuArchitecture: 'manager_cpu_architecture',
  managerDockerImage: 'manager_docker_image',
  managerSubnetIds: 'manager_subnet_ids',
  managerSecurityGroupIds: 'manager_security_group_ids',
  managerAssignPublicIp: 'manager_assign_public_ip',
  managerExecuteCommand: 'manager_execute_command',
  gitlabUrl: 'gitlab_url',
  gitlabRunnerConcurrency: 'gitlab_runner_concurrency',
  gitlabRunnerNamePrefix: 'gitlab_runner_name_prefix',
  managersConfigs: 'managers_configs',
  gitlabTokenSecretArn: 'gitlab_token_secret_arn',
  secretsKmsKey: 'secrets_kms_key',
  iamPermissionsBoundary: 'iam_permissions_boundary',
  tagsCommon: 'tags_common',
  logRetentionInDays: 'log_retention_in_days',
  logKmsKeyArn: 'log_kms_key_arn',
  cacheBucketName: 'cache_bucket_name',
  cacheBucketRegion: 'cache_bucket_region',
  cachePrefix: 'cache_prefix',
  cacheShared: 'cache_shared',
  cacheKmsKeyArn: 'cache_kms_key_arn',
  jobSecretArns: 'job_secret_arns',
} as const satisfies Record<keyof RunnerServiceProps, string>;

const PROPS = new Map<string, string>(Object.entries(INPUT_KEYS).map(([prop, key]) => [key, prop]));

/** A text about the document in the words of the props: `gitlab_url` becomes `gitlabUrl`; keys of runners stay as they are. */
export function inInputWords(text: string): string {
  return text.replaceAll(/\b[a-z]+(?:_[a-z]+)+\b/g, (word) => PROPS.get(word) ?? word);
}

/** The props as a document, in the words of the configuration file. */
export function documentOf({ managersConfigs, managerSubnetIds, managerSecurityGroupIds, ...props }: RunnerServiceProps) {
  return {
    project_code: props.projectCode,
    environment: props.environment,
    service_name: props.serviceName,
    aws_region: props.awsRegion,
    manager_ecs_cluster_arn: props.managerEcsClusterArn,
    manager_instance_count: props.managerInstanceCount,
    manager_cpu: props.managerCpu,
    manager_memory: props.managerMemory,
    manager_cpu_architecture: props.managerCpuArchitecture,
    manager_docker_image: props.managerDockerImage,
    manager_subnet_ids: [...managerSubnetIds],
    manager_security_group_ids: [...managerSecurityGroupIds],
    manager_assign_public_ip: props.managerAssignPublicIp,
    manager_execute_command: props.managerExecuteCommand,
    gitlab_url: props.gitlabUrl,
    gitlab_runner_concurrency: props.gitlabRunnerConcurrency,
    gitlab_runner_name_prefix: props.gitlabRunnerNamePrefix,
    managers_configs: managersConfigs,
    gitlab_token_secret_arn: props.gitlabTokenSecretArn,
    secrets_kms_key: props.secretsKmsKey,
    iam_permissions_boundary: props.iamPermissionsBoundary,
    tags_common: props.tagsCommon && { ...props.tagsCommon },
    log_retention_in_days: props.logRetentionInDays,
    log_kms_key_arn: props.logKmsKeyArn,
    cache_bucket_name: props.cacheBucketName,
    cache_bucket_region: props.cacheBucketRegion,
    cache_prefix: props.cachePrefix,
    cache_shared: props.cacheShared,
    cache_kms_key_arn: props.cacheKmsKeyArn,
    job_secret_arns: props.jobSecretArns && [...props.jobSecretArns],
  };
}
