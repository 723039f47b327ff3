import type { RunnerServiceProps } from '@fargate-gitlab-runner/cdk';
import { type ResolvedResource, TERRAFORM, type TerraformScratch } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appliedModule, initialisedModule, type ResourceValues } from './applied-module.ts';
import { cdkResources } from './cdk-template.ts';
import { PREDECESSOR_INPUTS } from './predecessor-inputs.ts';

const cacheKey = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-1111-2222-3333-444455556666';
const jobSecrets = ['arn:aws:secretsmanager:eu-west-1:111122223333:secret:ci/*', 'arn:aws:ssm:eu-west-1:111122223333:parameter/ci/*'];
const [[name, predecessor]] = [['dev_tool1', PREDECESSOR_INPUTS.managers_configs.dev_tool1]] as const;
const entry = {
  ...predecessor,
  tags: [...predecessor.tags],
  limit: 10,
  worker_cpu: 256,
  worker_memory: 512,
  registration: { description: 'shop', locked: false, maximum_timeout: 7200 },
  output_limit: 1024,
  debug_trace_disabled: true,
  custom_build_dir: false,
  worker_ephemeral_storage_gib: 50,
  worker_ssh_port: 2200,
  worker_cpu_architecture: 'ARM64' as const,
  worker_capacity: [{ provider: 'FARGATE_SPOT' as const, base: 0 }],
  worker_capacity_fallback: [{ provider: 'FARGATE' as const, base: 0 }],
};

/** What Terraform makes of providers without a weight, as the manager does. */
const weighed = {
  worker_capacity: entry.worker_capacity.map((item) => ({ ...item, weight: 1 })),
  worker_capacity_fallback: entry.worker_capacity_fallback.map((item) => ({ ...item, weight: 1 })),
};

/** The inputs that the predecessor did not have, given to both. */
describe.skipIf(TERRAFORM === undefined)('inputs of our own', { timeout: 120_000 }, () => {
  let scratch: TerraformScratch;
  let made: ReadonlyMap<string, ResourceValues>;
  let cdk: readonly ResolvedResource[];

  beforeAll(async () => {
    process.env.CDK_VALIDATION = 'false';
    scratch = await initialisedModule();
    const inputs = {
      ...PREDECESSOR_INPUTS,
      managers_configs: { [name]: entry },
      manager_cpu_architecture: 'ARM64',
      manager_execute_command: true,
      cache_bucket_name: 'shop-cache',
      cache_kms_key_arn: cacheKey,
      cache_bucket_region: 'eu-west-3',
      cache_prefix: 'ci/dev',
      cache_shared: true,
      job_secret_arns: jobSecrets,
    };
    ({ resources: made } = await appliedModule(scratch, inputs));
    const store = made.get('aws_s3_bucket.job_store');
    cdk = cdkResources(cdkProps, {
      buckets: { JobStore: String(store?.bucket) },
      keys: { JobStore: String(made.get('aws_kms_key.job_store')?.arn) },
    });
  }, 120_000);
  afterAll(() => scratch[Symbol.asyncDispose]());

  it('give the manager the same permissions', () => {
    const fromTerraform = [...made]
      .filter(([address]) => address.startsWith('aws_iam_role_policy.manager_') && !address.endsWith('execution'))
      .map(([, { name: policy, policy: document }]) => [policy, JSON.parse(String(document))]);
    const role: { Policies: { PolicyName: string; PolicyDocument: unknown }[] } = JSON.parse(
      JSON.stringify(cdk.find(({ id }) => id.includes('ManagerTaskRole'))?.properties),
    );
    expect(Object.fromEntries(fromTerraform)).toEqual(
      Object.fromEntries(role.Policies.map(({ PolicyName, PolicyDocument }) => [PolicyName, PolicyDocument])),
    );
    expect(fromTerraform.map(([policy]) => policy).toSorted()).toEqual([
      'cache',
      'exec',
      'job-secrets',
      'job-store',
      'tasks',
      'worker-logs',
    ]);
    expect(JSON.stringify(fromTerraform)).toContain(cacheKey);
    expect(JSON.stringify(fromTerraform)).toContain('arn:aws:s3:::shop-cache/ci/dev/*');
  });

  it('give managers and workers the same processors', () => {
    const addresses = ['aws_ecs_task_definition.manager', `aws_ecs_task_definition.worker["${name}"]`];
    const fromTerraform = addresses.map((address) => made.get(address)?.runtime_platform);
    expect(fromTerraform).toEqual(addresses.map(() => [{ cpu_architecture: 'ARM64', operating_system_family: 'LINUX' }]));
    const fromCdk = cdk.filter(({ type }) => type === 'AWS::ECS::TaskDefinition').map(({ properties }) => properties.RuntimePlatform);
    expect(fromCdk).toEqual(addresses.map(() => ({ CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' })));
  });

  it('tell the worker the port to listen on, and let ECS Exec in', () => {
    const [worker] = JSON.parse(String(made.get(`aws_ecs_task_definition.worker["${name}"]`)?.container_definitions));
    expect(worker).toMatchObject({
      environment: [{ name: 'WORKER_SSH_PORT', value: '2200' }],
      portMappings: [{ containerPort: 2200, protocol: 'tcp' }],
    });
    expect(JSON.stringify(cdk.filter(({ type }) => type === 'AWS::ECS::TaskDefinition'))).toContain(
      '{"Name":"WORKER_SSH_PORT","Value":"2200"}',
    );
    expect(made.get('aws_ecs_service.manager')?.enable_execute_command).toBe(true);
    expect(cdk.find(({ type }) => type === 'AWS::ECS::Service')?.properties.EnableExecuteCommand).toBe(true);
  });

  it('tell the manager the same', () => {
    const [terraform] = JSON.parse(String(made.get('aws_ecs_task_definition.manager')?.container_definitions));
    const definition: { ContainerDefinitions: [{ Environment: { Name: string; Value: string }[] }] } = JSON.parse(
      JSON.stringify(cdk.find(({ properties }) => properties.Family === 'task-shop-dev-gitlab-runner-manager')?.properties),
    );
    const fromCdk = definition.ContainerDefinitions[0].Environment.map(({ Name, Value }) => [Name, Value] as const);
    const fromTerraform = terraform.environment.map((variable: { name: string; value: string }) => [variable.name, variable.value]);
    expect(readable(fromTerraform)).toEqual(readable(fromCdk));
    expect(readable(fromTerraform)).toMatchObject({
      MANAGERS_CONFIGS: { [name]: { registration: entry.registration, worker_ephemeral_storage_gib: 50 } },
      JOB_SECRET_ARNS: jobSecrets,
      CACHE_BUCKET: 'shop-cache',
      CACHE_REGION: 'eu-west-3',
      CACHE_PREFIX: 'ci/dev/',
      CACHE_SHARED: 'true',
    });
  });
});

/** Variables by name, those in JSON read; an address means the same with and without its last slash. */
function readable(variables: readonly (readonly [string, string])[]): object {
  return Object.fromEntries(
    variables.map(([key, value]) => [key, /^[{[]/.test(value) ? JSON.parse(value) : value.replace(/(https:\/\/[^/]+)\/$/, '$1')]),
  );
}

const cdkProps: RunnerServiceProps = {
  projectCode: PREDECESSOR_INPUTS.project_code,
  environment: PREDECESSOR_INPUTS.environment,
  serviceName: PREDECESSOR_INPUTS.service_name,
  awsRegion: PREDECESSOR_INPUTS.aws_region,
  managerEcsClusterArn: PREDECESSOR_INPUTS.manager_ecs_cluster_arn,
  managerDockerImage: PREDECESSOR_INPUTS.manager_docker_image,
  managerSubnetIds: PREDECESSOR_INPUTS.manager_subnet_ids,
  managerSecurityGroupIds: PREDECESSOR_INPUTS.manager_security_group_ids,
  gitlabUrl: PREDECESSOR_INPUTS.gitlab_url,
  gitlabRunnerNamePrefix: PREDECESSOR_INPUTS.gitlab_runner_name_prefix,
  gitlabTokenSecretArn: PREDECESSOR_INPUTS.gitlab_token_secret_arn,
  managerCpuArchitecture: 'ARM64',
  managerExecuteCommand: true,
  managersConfigs: { [name]: { ...entry, ...weighed } },
  cacheBucketName: 'shop-cache',
  cacheKmsKeyArn: cacheKey,
  cacheBucketRegion: 'eu-west-3',
  cachePrefix: 'ci/dev',
  cacheShared: true,
  jobSecretArns: jobSecrets,
};
