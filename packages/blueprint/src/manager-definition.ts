import { type CpuArchitecture, runtimePlatformOf } from './cpu-architecture.ts';
import { MANAGER_ENV, MANAGER_HEALTH_CHECK, MANAGER_TELEMETRY_PORT } from './names.ts';
import { type ContainerDefinition, logConfigurationOf, type TaskDefinition, type TaskLogs } from './task-definition.ts';

/** What a manager's task definition is made of. */
export interface ManagerDefinitionInput {
  readonly family: string;
  readonly container: string;
  readonly image: string;
  /** CPU units; with `memoryMiB` a pair that Fargate accepts. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly cpuArchitecture?: CpuArchitecture;
  readonly taskRoleArn: string;
  readonly executionRoleArn: string;
  readonly logs: TaskLogs;
  /** Name of the ECS service: prefix of the log streams, and the deployment that tasks are tagged with. */
  readonly serviceName: string;
  readonly gitlabUrl: string;
  readonly concurrency: number;
  readonly namePrefix: string;
  /** JSON of the runners; each entry with `worker_task_definition_arn`. */
  readonly managersConfigs: string;
  /** ARN in Secrets Manager or Parameter Store. */
  readonly tokenSecretArn: string;
  readonly storeBucket: string;
  readonly storeRegion: string;
  readonly cacheBucket: string;
  readonly cacheRegion: string;
  /** Empty when absent. */
  readonly cachePrefix?: string;
  /** Whether the runners have their caches in common; not when absent. */
  readonly isCacheShared?: boolean;
  /** ARNs, with `*` and `?`, of secrets that jobs may name; none when absent. */
  readonly jobSecretArns?: readonly string[];
}

/** Time for the handover at SIGTERM, in seconds: the longest that Fargate allows. A manager needs less than 20. */
const STOP_TIMEOUT_S = 120;

/**
 * A manager's task definition. The health check asks the manager itself; a deployment whose managers never become healthy is rolled back.
 */
export function managerTaskDefinition(input: ManagerDefinitionInput): TaskDefinition {
  return {
    family: input.family,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: String(input.cpu),
    memory: String(input.memoryMiB),
    ...runtimePlatformOf(input.cpuArchitecture),
    taskRoleArn: input.taskRoleArn,
    executionRoleArn: input.executionRoleArn,
    containerDefinitions: [managerContainer(input)],
  };
}

function managerContainer(input: ManagerDefinitionInput): ContainerDefinition {
  return {
    name: input.container,
    image: input.image,
    essential: true,
    environment: environmentOf(input),
    secrets: [{ name: MANAGER_ENV.token, valueFrom: input.tokenSecretArn }],
    linuxParameters: { initProcessEnabled: true },
    stopTimeout: STOP_TIMEOUT_S,
    healthCheck: { command: ['CMD', MANAGER_HEALTH_CHECK], interval: 10, timeout: 5, retries: 3, startPeriod: 60 },
    logConfiguration: logConfigurationOf(input.logs, input.serviceName),
  };
}

function environmentOf(input: ManagerDefinitionInput) {
  const { jobSecretArns = [] } = input;
  return [
    { name: MANAGER_ENV.gitlabUrl, value: input.gitlabUrl },
    { name: MANAGER_ENV.concurrency, value: String(input.concurrency) },
    { name: MANAGER_ENV.namePrefix, value: input.namePrefix },
    { name: MANAGER_ENV.runners, value: input.managersConfigs },
    { name: MANAGER_ENV.deployment, value: input.serviceName },
    { name: MANAGER_ENV.storeBucket, value: input.storeBucket },
    { name: MANAGER_ENV.storeRegion, value: input.storeRegion },
    { name: MANAGER_ENV.cacheBucket, value: input.cacheBucket },
    { name: MANAGER_ENV.cacheRegion, value: input.cacheRegion },
    ...(input.cachePrefix ? [{ name: MANAGER_ENV.cachePrefix, value: input.cachePrefix }] : []),
    ...(input.isCacheShared ? [{ name: MANAGER_ENV.cacheShared, value: 'true' }] : []),
    ...(jobSecretArns.length > 0 ? [{ name: MANAGER_ENV.jobSecrets, value: JSON.stringify(jobSecretArns) }] : []),
    { name: MANAGER_ENV.telemetryPort, value: String(MANAGER_TELEMETRY_PORT) },
  ];
}
