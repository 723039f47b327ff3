import {
  cacheBucketPolicy,
  cacheKeyPolicy,
  executionPolicy,
  jobStoreBucketPolicy,
  jobStoreKeyPolicy,
  managerRolePolicies,
  managerServiceSettings,
  managerTaskDefinition,
  serviceNames,
  type TaskDefinition,
  taskTrustPolicy,
  workerTaskDefinition,
} from '@fargate-gitlab-runner/blueprint';
import type { RunnerServiceProps } from '@fargate-gitlab-runner/cdk';
import { type ResolvedResource, TERRAFORM, type TerraformScratch } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appliedModule, initialisedModule, type ResourceValues } from './applied-module.ts';
import { cdkResources } from './cdk-template.ts';
import { byFamily, comparable, sortedBy, uncapitalised } from './comparable.ts';
import { PREDECESSOR_EXTRAS, PREDECESSOR_INPUTS } from './predecessor-inputs.ts';

const inputs = PREDECESSOR_INPUTS;
const place = { partition: 'aws', region: inputs.aws_region, account: '111122223333' };
const names = serviceNames({ project: inputs.project_code, environment: inputs.environment, name: inputs.service_name });
const logs = { group: names.logGroup, region: inputs.aws_region };
const roleArn = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
const runners = Object.entries(inputs.managers_configs);
const images = runners.map(([, runner]) => runner.worker_docker_image);

describe.skipIf(TERRAFORM === undefined)('the Terraform module makes what the shared builders say', { timeout: 120_000 }, () => {
  let scratch: TerraformScratch;
  let made: ReadonlyMap<string, ResourceValues>;
  let said: string;
  beforeAll(async () => {
    scratch = await initialisedModule();
    ({ resources: made, text: said } = await appliedModule(scratch, { ...inputs, ...PREDECESSOR_EXTRAS }));
  }, 120_000);
  afterAll(() => scratch[Symbol.asyncDispose]());

  const valuesOf = (address: string): ResourceValues => {
    const values = made.get(address);
    if (values === undefined) throw new Error(`${address} is not among ${[...made.keys()].join(', ')}`);
    return values;
  };
  const json = (address: string, attribute: string): unknown => JSON.parse(String(valuesOf(address)[attribute]));
  const text = (address: string, attribute: string) => String(valuesOf(address)[attribute]);
  const definition = (address: string): TaskDefinition => ({
    family: text(address, 'family'),
    requiresCompatibilities: JSON.parse(JSON.stringify(valuesOf(address).requires_compatibilities)),
    networkMode: JSON.parse(JSON.stringify(valuesOf(address).network_mode)),
    cpu: text(address, 'cpu'),
    memory: text(address, 'memory'),
    ...(valuesOf(address).task_role_arn !== '' &&
      valuesOf(address).task_role_arn !== null && { taskRoleArn: text(address, 'task_role_arn') }),
    executionRoleArn: text(address, 'execution_role_arn'),
    containerDefinitions: JSON.parse(text(address, 'container_definitions')),
  });

  it('from the inputs of the predecessor as they are, with a warning only of those that the predecessor ignored too', () => {
    expect(said.match(/^(?:│ )?Warning: .*$/gm)?.join('\n')).toBe(
      `Warning: Value for undeclared variable\nWarning: Value for undeclared variable\nWarning: Values for undeclared variables`,
    );
    expect(said).toMatch(/Apply complete! Resources: \d+ added, 0 changed, 0 destroyed/);
  });

  it.each(runners)('the task definition of worker %s', (name, runner) => {
    expect(definition(`aws_ecs_task_definition.worker["${name}"]`)).toEqual(
      workerTaskDefinition({
        family: names.workerFamilyOf(name),
        image: runner.worker_docker_image,
        cpu: Number(runner.worker_cpu),
        memoryMiB: Number(runner.worker_memory),
        taskRoleArn: runner.worker_task_role_arn,
        executionRoleArn: roleArn(names.workerExecutionRole),
        logs,
      }),
    );
  });

  it('the task definition of the manager, with the runners in the shape of the predecessor', () => {
    const found = definition('aws_ecs_task_definition.manager');
    const managersConfigs = found.containerDefinitions[0]?.environment?.find(({ name }) => name === 'MANAGERS_CONFIGS')?.value ?? '';
    expect(found).toEqual(
      managerTaskDefinition({
        family: names.managerFamily,
        container: names.managerContainer,
        image: inputs.manager_docker_image,
        cpu: inputs.manager_cpu,
        memoryMiB: inputs.manager_memory,
        taskRoleArn: roleArn(names.managerTaskRole),
        executionRoleArn: roleArn(names.managerExecutionRole),
        logs,
        serviceName: names.service,
        gitlabUrl: inputs.gitlab_url,
        concurrency: inputs.gitlab_runner_concurrency,
        namePrefix: inputs.gitlab_runner_name_prefix,
        managersConfigs,
        tokenSecretArn: inputs.gitlab_token_secret_arn,
        storeBucket: text('aws_s3_bucket.job_store', 'bucket'),
        storeRegion: inputs.aws_region,
        cacheBucket: text('aws_s3_bucket.cache[0]', 'bucket'),
        cacheRegion: inputs.aws_region,
      }),
    );
    expect(JSON.parse(managersConfigs)).toEqual(
      Object.fromEntries(
        runners.map(([name, runner]) => [
          name,
          {
            ...runner,
            limit: Number(runner.limit),
            worker_cpu: Number(runner.worker_cpu),
            worker_memory: Number(runner.worker_memory),
            manager_name: name,
            tag_list: runner.tags.join(','),
            worker_task_definition_arn: `arn:aws:ecs:eu-west-1:111122223333:task-definition/${names.workerFamilyOf(name)}:1`,
          },
        ]),
      ),
    );
  });

  it('the service', () => {
    const address = 'aws_ecs_service.manager';
    const service = valuesOf(address);
    const [network]: { subnets: string[]; security_groups: string[]; assign_public_ip: boolean }[] = JSON.parse(
      JSON.stringify(service.network_configuration),
    );
    const [controller]: { type: string }[] = JSON.parse(JSON.stringify(service.deployment_controller));
    const [breaker]: { enable: boolean; rollback: boolean }[] = JSON.parse(JSON.stringify(service.deployment_circuit_breaker));
    expect({
      serviceName: service.name,
      cluster: service.cluster,
      taskDefinition: service.task_definition,
      desiredCount: service.desired_count,
      launchType: service.launch_type,
      platformVersion: service.platform_version,
      deploymentController: controller,
      deploymentConfiguration: {
        minimumHealthyPercent: service.deployment_minimum_healthy_percent,
        maximumPercent: service.deployment_maximum_percent,
        deploymentCircuitBreaker: breaker,
      },
      enableExecuteCommand: service.enable_execute_command,
      enableECSManagedTags: service.enable_ecs_managed_tags,
      propagateTags: service.propagate_tags,
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: network?.subnets.toSorted(),
          securityGroups: network?.security_groups.toSorted(),
          assignPublicIp: network?.assign_public_ip ? 'ENABLED' : 'DISABLED',
        },
      },
    }).toEqual(
      managerServiceSettings({
        serviceName: names.service,
        clusterArn: inputs.manager_ecs_cluster_arn,
        taskDefinitionArn: text('aws_ecs_task_definition.manager', 'arn'),
        instanceCount: inputs.manager_instance_count,
        subnetIds: inputs.manager_subnet_ids.toSorted(),
        securityGroupIds: inputs.manager_security_group_ids,
        assignPublicIp: false,
        isExecOn: false,
      }),
    );
    expect(service.wait_for_steady_state).toBe(true);
  });

  it('roles: names, who may take them, no boundary where there is none', () => {
    const roles = ['manager_task', 'manager_execution', 'worker_execution'].map((role) => `aws_iam_role.${role}`);
    expect(roles.map((role) => text(role, 'name'))).toEqual([names.managerTaskRole, names.managerExecutionRole, names.workerExecutionRole]);
    expect(roles.map((role) => json(role, 'assume_role_policy'))).toEqual(roles.map(() => taskTrustPolicy(place)));
    expect(roles.map((role) => valuesOf(role).permissions_boundary)).toEqual([null, null, null]);
  });

  it('what the manager may do', () => {
    const policies = managerRolePolicies({
      place,
      names,
      workers: runners.map(([name, runner]) => ({
        clusterArn: runner.worker_ecs_cluster_arn,
        family: names.workerFamilyOf(name),
        ...(runner.worker_task_role_arn !== '' && { taskRoleArn: runner.worker_task_role_arn }),
      })),
      workerExecutionRoleArn: roleArn(names.workerExecutionRole),
      jobStore: { bucketArn: text('aws_s3_bucket.job_store', 'arn'), keyArn: text('aws_kms_key.job_store', 'arn') },
      cache: {
        prefix: '',
        bucketArn: text('aws_s3_bucket.cache[0]', 'arn'),
        keyArn: text('aws_kms_key.cache[0]', 'arn'),
        region: place.region,
      },
      jobSecretArns: [],
      isExecOn: false,
    });
    const documents = Object.keys(policies).map((name) => [name, json(`aws_iam_role_policy.manager_${name.replace('-', '_')}`, 'policy')]);
    expect(Object.fromEntries(documents)).toEqual(policies);
    for (const name of ['job_secrets', 'exec']) expect(made.has(`aws_iam_role_policy.manager_${name}[0]`)).toBe(false);
  });

  it('what ECS may do to start managers and workers', () => {
    expect(json('aws_iam_role_policy.manager_execution', 'policy')).toEqual(
      executionPolicy({
        place,
        images: [inputs.manager_docker_image],
        logGroup: names.logGroup,
        logStreams: `${names.service}/*`,
        secret: { arn: inputs.gitlab_token_secret_arn },
      }),
    );
    expect(json('aws_iam_role_policy.worker_execution', 'policy')).toEqual(
      executionPolicy({ place, images, logGroup: names.logGroup, logStreams: `${names.workerFamilyPrefix}*` }),
    );
  });

  it('buckets and keys', () => {
    const managerArn = roleArn(names.managerTaskRole);
    const arnOf = (bucket: string) => text(`aws_s3_bucket.${bucket}`, 'arn');
    expect(json('aws_s3_bucket_policy.job_store', 'policy')).toEqual(jobStoreBucketPolicy(arnOf('job_store'), managerArn));
    expect(json('aws_s3_bucket_policy.cache[0]', 'policy')).toEqual(cacheBucketPolicy(arnOf('cache[0]')));
    expect(json('aws_kms_key.job_store', 'policy')).toEqual(jobStoreKeyPolicy(place, managerArn));
    expect(json('aws_kms_key.cache[0]', 'policy')).toEqual(cacheKeyPolicy(place));
  });

  describe('as the CDK construct does', () => {
    let cdk: readonly ResolvedResource[];
    beforeAll(() => {
      process.env.CDK_VALIDATION = 'false';
      cdk = cdkResources(cdkProps, {
        buckets: { JobStore: text('aws_s3_bucket.job_store', 'bucket'), Cache: text('aws_s3_bucket.cache[0]', 'bucket') },
        keys: { JobStore: text('aws_kms_key.job_store', 'arn'), Cache: text('aws_kms_key.cache[0]', 'arn') },
      });
    });
    const cdkOf = (type: string, part = '') => {
      const found = cdk.filter((resource) => resource.type === type && resource.id.includes(part));
      expect(found.length, `${type} ${part}`).toBeGreaterThan(0);
      return found.map(({ properties }) => properties);
    };

    it('task definitions', () => {
      const addresses = ['aws_ecs_task_definition.manager', ...runners.map(([name]) => `aws_ecs_task_definition.worker["${name}"]`)];
      const terraform = addresses.map((address) => comparable(definition(address)));
      const fromCdk = cdkOf('AWS::ECS::TaskDefinition').map(({ Tags, ...properties }) => comparable(uncapitalised(properties)));
      expect(byFamily(fromCdk)).toEqual(byFamily(terraform));
    });

    it('roles with their policies', () => {
      const roles = ['manager_task', 'manager_execution', 'worker_execution'];
      const policiesOf = (role: string) =>
        [...made]
          .filter(([address, values]) => address.startsWith('aws_iam_role_policy.') && values.role === text(`aws_iam_role.${role}`, 'name'))
          .map(([, { name, policy }]) => ({ PolicyName: name, PolicyDocument: JSON.parse(String(policy)) }));
      const terraform = roles.map((role) => ({
        name: text(`aws_iam_role.${role}`, 'name'),
        trust: json(`aws_iam_role.${role}`, 'assume_role_policy'),
        policies: sortedBy(policiesOf(role), 'PolicyName'),
      }));
      const fromCdk = cdkOf('AWS::IAM::Role').map(({ RoleName, AssumeRolePolicyDocument, Policies }) => ({
        name: RoleName,
        trust: AssumeRolePolicyDocument,
        policies: sortedBy(Policies, 'PolicyName'),
      }));
      expect(sortedBy(fromCdk, 'name')).toEqual(sortedBy(terraform, 'name'));
    });

    it('service settings', () => {
      const [service] = cdkOf('AWS::ECS::Service').map(({ Tags, ...properties }) => uncapitalised(properties));
      const expected = managerServiceSettings({
        serviceName: names.service,
        clusterArn: inputs.manager_ecs_cluster_arn,
        taskDefinitionArn: text('aws_ecs_task_definition.manager', 'arn'),
        instanceCount: inputs.manager_instance_count,
        subnetIds: inputs.manager_subnet_ids,
        securityGroupIds: inputs.manager_security_group_ids,
        assignPublicIp: false,
        isExecOn: false,
      });
      expect(service).toEqual(uncapitalised(expected));
    });

    it('buckets, their keys and their logs', () => {
      for (const [part, address] of [
        ['JobStore', 'job_store'],
        ['Cache', 'cache[0]'],
      ] as const) {
        expect(cdkOf('AWS::S3::BucketPolicy', part)[0]?.PolicyDocument).toEqual(json(`aws_s3_bucket_policy.${address}`, 'policy'));
        const [key] = cdkOf('AWS::KMS::Key', part);
        expect(key?.KeyPolicy).toEqual(json(`aws_kms_key.${address}`, 'policy'));
        expect(key?.Description).toBe(text(`aws_kms_key.${address}`, 'description'));
        expect(key?.EnableKeyRotation).toBe(valuesOf(`aws_kms_key.${address}`).enable_key_rotation);
        const [bucket] = cdkOf('AWS::S3::Bucket', part);
        const { rules }: { rules: CdkRule[] } = JSON.parse(JSON.stringify(uncapitalised(bucket?.LifecycleConfiguration)));
        expect(rules.map(fromCdkRule)).toEqual(terraformRules(valuesOf(`aws_s3_bucket_lifecycle_configuration.${address}`)));
      }
      const [logGroup] = cdkOf('AWS::Logs::LogGroup');
      expect(logGroup).toMatchObject({
        LogGroupName: text('aws_cloudwatch_log_group.this', 'name'),
        RetentionInDays: valuesOf('aws_cloudwatch_log_group.this').retention_in_days,
      });
    });
  });

  it('a secret in Parameter Store under a key of one’s own, a boundary, images that are not in ECR', async () => {
    const arn = 'arn:aws:ssm:eu-west-1:111122223333:parameter/ci/token';
    const boundary = 'arn:aws:iam::111122223333:policy/boundary';
    const { resources: changed } = await appliedModule(scratch, {
      ...inputs,
      gitlab_token_secret_arn: arn,
      secrets_kms_key: '0a1b2c3d-1111-2222-3333-444455556666',
      iam_permissions_boundary: boundary,
      manager_docker_image: 'docker.io/acme/manager:1',
    });
    expect(JSON.parse(String(changed.get('aws_iam_role_policy.manager_execution')?.policy))).toEqual(
      executionPolicy({
        place,
        images: ['docker.io/acme/manager:1'],
        logGroup: names.logGroup,
        logStreams: `${names.service}/*`,
        secret: { arn, kmsKey: '0a1b2c3d-1111-2222-3333-444455556666' },
      }),
    );
    const roles = [...changed].filter(([address]) => address.startsWith('aws_iam_role.'));
    expect(roles.map(([, role]) => role.permissions_boundary)).toEqual([boundary, boundary, boundary]);
  });
});

/** The inputs as props of the CDK construct. */
const cdkProps: RunnerServiceProps = {
  projectCode: inputs.project_code,
  environment: inputs.environment,
  serviceName: inputs.service_name,
  awsRegion: inputs.aws_region,
  managerEcsClusterArn: inputs.manager_ecs_cluster_arn,
  managerInstanceCount: inputs.manager_instance_count,
  managerCpu: inputs.manager_cpu,
  managerMemory: inputs.manager_memory,
  managerDockerImage: inputs.manager_docker_image,
  managerSubnetIds: inputs.manager_subnet_ids,
  managerSecurityGroupIds: inputs.manager_security_group_ids,
  gitlabUrl: inputs.gitlab_url,
  gitlabRunnerConcurrency: inputs.gitlab_runner_concurrency,
  gitlabRunnerNamePrefix: inputs.gitlab_runner_name_prefix,
  gitlabTokenSecretArn: inputs.gitlab_token_secret_arn,
  tagsCommon: inputs.tags_common,
  managersConfigs: Object.fromEntries(runners.map(([name, runner]) => [name, { ...runner, tags: [...runner.tags] }])),
};

interface CdkRule {
  readonly id: string;
  readonly prefix?: string;
  readonly expirationInDays?: number;
  readonly abortIncompleteMultipartUpload?: { readonly daysAfterInitiation: number };
}

function fromCdkRule({ id, prefix = '', expirationInDays: days, abortIncompleteMultipartUpload: abort }: CdkRule) {
  return { id, prefix, days: days ?? null, abort: abort?.daysAfterInitiation ?? null };
}

function terraformRules(values: ResourceValues) {
  const rules: {
    id: string;
    filter: { prefix: string }[];
    expiration: { days: number }[];
    abort_incomplete_multipart_upload: { days_after_initiation: number }[];
  }[] = JSON.parse(JSON.stringify(values.rule));
  return rules.map((rule) => ({
    id: rule.id,
    prefix: rule.filter[0]?.prefix.startsWith('stub-') ? '' : (rule.filter[0]?.prefix ?? ''),
    days: rule.expiration[0]?.days ?? null,
    abort: rule.abort_incomplete_multipart_upload[0]?.days_after_initiation ?? null,
  }));
}
