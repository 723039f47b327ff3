import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { WORKER_CONTAINER } from '@fargate-gitlab-runner/blueprint';
import type { LogPlace } from '../worker-logs.ts';

/**
 * Where the worker's container logs to, when it uses the awslogs driver with a prefix; on Fargate that one is required. Without a region of
 * its own it is the task's.
 */
export function logPlaceOf(definition: TaskDefinition | undefined, region: string): LogPlace | undefined {
  const worker = definition?.containerDefinitions?.find(({ name }) => name === WORKER_CONTAINER);
  const { logDriver, options = {} } = worker?.logConfiguration ?? {};
  const { 'awslogs-group': group, 'awslogs-stream-prefix': prefix, 'awslogs-region': own = region } = options;
  return logDriver === 'awslogs' && group !== undefined && prefix !== undefined ? { region: own, group, prefix } : undefined;
}
