import { expect, it } from 'vitest';
import { managerTaskDefinition } from './manager-definition.ts';
import { serviceNames } from './service-names.ts';
import { managerServiceSettings } from './service-settings.ts';

const names = serviceNames({ project: 'shop', environment: 'dev', name: 'runner' });

it("names follow the predecessor's pattern", () => {
  expect({ ...names, workerFamilyOf: names.workerFamilyOf('dev_tool1') }).toEqual({
    service: 'shop-dev-runner',
    managerFamily: 'task-shop-dev-runner-manager',
    managerContainer: 'cd-ecs-shop-dev-runner-manager',
    logGroup: 'cwl-shop-dev-runner',
    managerTaskRole: 'iam-role-shop-dev-runner-manager-task',
    managerExecutionRole: 'iam-role-shop-dev-runner-manager-execution',
    workerExecutionRole: 'iam-role-shop-dev-runner-worker-execution',
    workerFamilyPrefix: 'task-shop-dev-runner-worker-',
    workerFamilyOf: 'task-shop-dev-runner-worker-dev_tool1',
  });
});

it('a manager has time to hand over, a health check, and its token as a secret only', () => {
  const definition = managerTaskDefinition({
    family: names.managerFamily,
    container: names.managerContainer,
    image: 'manager:1',
    cpu: 256,
    memoryMiB: 512,
    taskRoleArn: 'arn:task',
    executionRoleArn: 'arn:execution',
    logs: { group: names.logGroup, region: 'eu-west-1' },
    serviceName: names.service,
    gitlabUrl: 'https://gitlab.example.com',
    concurrency: 10,
    namePrefix: 'shop',
    managersConfigs: '{}',
    tokenSecretArn: 'arn:secret',
    storeBucket: 'jobs',
    storeRegion: 'eu-west-1',
    cacheBucket: 'cache',
    cacheRegion: 'eu-west-1',
  });
  expect(definition.containerDefinitions[0]).toEqual({
    name: 'cd-ecs-shop-dev-runner-manager',
    image: 'manager:1',
    essential: true,
    environment: [
      { name: 'GITLAB_URL', value: 'https://gitlab.example.com' },
      { name: 'RUNNER_CONCURRENCY', value: '10' },
      { name: 'RUNNER_NAME_PREFIX', value: 'shop' },
      { name: 'MANAGERS_CONFIGS', value: '{}' },
      { name: 'RUNNER_DEPLOYMENT', value: 'shop-dev-runner' },
      { name: 'JOB_STORE_BUCKET', value: 'jobs' },
      { name: 'JOB_STORE_REGION', value: 'eu-west-1' },
      { name: 'CACHE_BUCKET', value: 'cache' },
      { name: 'CACHE_REGION', value: 'eu-west-1' },
      { name: 'TELEMETRY_PORT', value: '9252' },
    ],
    secrets: [{ name: 'GITLAB_REGISTRATION_TOKEN', valueFrom: 'arn:secret' }],
    linuxParameters: { initProcessEnabled: true },
    stopTimeout: 120,
    healthCheck: {
      command: ['CMD', '/usr/local/lib/fargate-gitlab-runner/healthcheck.sh'],
      interval: 10,
      timeout: 5,
      retries: 3,
      startPeriod: 60,
    },
    logConfiguration: {
      logDriver: 'awslogs',
      options: { 'awslogs-group': 'cwl-shop-dev-runner', 'awslogs-region': 'eu-west-1', 'awslogs-stream-prefix': 'shop-dev-runner' },
    },
  });
});

it('a deployment starts the successor first and rolls back what does not become healthy', () => {
  const settings = managerServiceSettings({
    serviceName: names.service,
    clusterArn: 'arn:cluster',
    taskDefinitionArn: 'arn:definition',
    instanceCount: 2,
    subnetIds: ['subnet-1'],
    securityGroupIds: ['sg-1'],
    assignPublicIp: false,
    isExecOn: false,
  });
  expect(settings.deploymentConfiguration).toEqual({
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    deploymentCircuitBreaker: { enable: true, rollback: true },
  });
  expect(settings).toMatchObject({ desiredCount: 2, enableExecuteCommand: false, deploymentController: { type: 'ECS' } });
});
