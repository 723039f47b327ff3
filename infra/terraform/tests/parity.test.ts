import {
  cacheBucketPolicy,
  cacheKeyPolicy,
  execPolicy,
  executionPolicy,
  jobStoreBucketPolicy,
  jobStoreKeyPolicy,
  jobStorePolicy,
  managerServiceSettings,
  managerTaskDefinition,
  managerTaskPolicy,
  serviceNames,
  type TaskDefinition,
  taskTrustPolicy,
  workerTaskDefinition,
} from '@fargate-gitlab-runner/blueprint';
import { TERRAFORM, type TerraformScratch } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appliedModule, initialisedModule, type ResourceValues } from './applied-module.ts';
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
      }),
    );
  });

  it('roles: names, who may take them, no boundary where there is none', () => {
    const roles = ['manager_task', 'manager_execution', 'worker_execution'].map((role) => `aws_iam_role.${role}`);
    expect(roles.map((role) => text(role, 'name'))).toEqual([names.managerTaskRole, names.managerExecutionRole, names.workerExecutionRole]);
    expect(roles.map((role) => json(role, 'assume_role_policy'))).toEqual(roles.map(() => taskTrustPolicy(place)));
    expect(roles.map((role) => valuesOf(role).permissions_boundary)).toEqual([null, null, null]);
  });

  it('what the manager may do', () => {
    expect(json('aws_iam_role_policy.manager_tasks', 'policy')).toEqual(
      managerTaskPolicy({
        deployment: names.service,
        workers: runners.map(([name, runner]) => ({
          clusterArn: runner.worker_ecs_cluster_arn,
          family: names.workerFamilyOf(name),
          ...(runner.worker_task_role_arn !== '' && { taskRoleArn: runner.worker_task_role_arn }),
        })),
        workerExecutionRoleArn: roleArn(names.workerExecutionRole),
      }),
    );
    const store = { bucketArn: text('aws_s3_bucket.job_store', 'arn'), keyArn: text('aws_kms_key.job_store', 'arn'), region: place.region };
    expect(json('aws_iam_role_policy.manager_job_store', 'policy')).toEqual(jobStorePolicy(store));
    expect(json('aws_iam_role_policy.manager_exec', 'policy')).toEqual(execPolicy());
  });

  it('what ECS may do to start managers and workers', () => {
    expect(json('aws_iam_role_policy.manager_execution', 'policy')).toEqual(
      executionPolicy({
        place,
        images: [inputs.manager_docker_image],
        logGroup: names.logGroup,
        logStreamPrefixes: [names.service],
        secret: { arn: inputs.gitlab_token_secret_arn },
      }),
    );
    expect(json('aws_iam_role_policy.worker_execution', 'policy')).toEqual(
      executionPolicy({ place, images, logGroup: names.logGroup, logStreamPrefixes: runners.map(([name]) => names.workerFamilyOf(name)) }),
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
        logStreamPrefixes: [names.service],
        secret: { arn, kmsKey: '0a1b2c3d-1111-2222-3333-444455556666' },
      }),
    );
    const roles = [...changed].filter(([address]) => address.startsWith('aws_iam_role.'));
    expect(roles.map(([, role]) => role.permissions_boundary)).toEqual([boundary, boundary, boundary]);
  });
});
