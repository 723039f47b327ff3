import { type CpuArchitecture, runtimePlatformOf } from './cpu-architecture.ts';
import { DEADLINE_CONTAINER, WORKER_CONTAINER, WORKER_DEFINITION_ENV, WORKER_SSH_PORT } from './names.ts';
import { logConfigurationOf, type TaskDefinition, type TaskLogs } from './task-definition.ts';

/** What a worker's task definition is made of. */
export interface WorkerDefinitionInput {
  readonly family: string;
  readonly image: string;
  /** CPU units; with `memoryMiB` a pair that Fargate accepts. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly cpuArchitecture?: CpuArchitecture;
  /** Left out: {@link WORKER_SSH_PORT}. Any other is told to the worker's image, which would listen on that one. */
  readonly sshPort?: number;
  readonly taskRoleArn?: string;
  readonly executionRoleArn?: string;
  readonly logs?: TaskLogs;
}

/** A worker's task definition in the shape of ECS RegisterTaskDefinition; CDK, Terraform and the ECS emulator all take it from here. */
export function workerTaskDefinition(input: WorkerDefinitionInput): TaskDefinition {
  const logConfiguration = input.logs && logConfigurationOf(input.logs, input.family);
  const port = input.sshPort ?? WORKER_SSH_PORT;
  const container = { image: input.image, essential: true, ...(logConfiguration && { logConfiguration }) };
  return {
    family: input.family,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: String(input.cpu),
    memory: String(input.memoryMiB),
    ...runtimePlatformOf(input.cpuArchitecture),
    ...(input.taskRoleArn && { taskRoleArn: input.taskRoleArn }),
    ...(input.executionRoleArn && { executionRoleArn: input.executionRoleArn }),
    containerDefinitions: [
      {
        ...container,
        name: WORKER_CONTAINER,
        ...(port !== WORKER_SSH_PORT && { environment: [{ name: WORKER_DEFINITION_ENV.sshPort, value: String(port) }] }),
        portMappings: [{ containerPort: port, protocol: 'tcp' }],
        linuxParameters: { initProcessEnabled: true },
      },
      { ...container, name: DEADLINE_CONTAINER, command: deadlineCommand(24 * 3600) },
    ],
  };
}

/** What the deadline sidecar exits with when the deadline has passed; stopped before, it exits with 0. 124 is what `timeout` uses. */
export const DEADLINE_EXIT_CODE = 124;

/** The command of the deadline sidecar: sleeps for `seconds`, then exits, which ends the task because the container is essential. */
export function deadlineCommand(seconds: number): string[] {
  return ['sh', '-c', `trap 'exit 0' TERM; sleep ${Math.max(1, Math.ceil(seconds))} & wait; exit ${DEADLINE_EXIT_CODE}`];
}
