import type { Task } from '@aws-sdk/client-ecs';
import type { TaggedTask } from '../ecs-gateway.ts';

/** A task of the SDK as the reaper looks at it. */
export function taggedTaskOf(task: Task): TaggedTask {
  return {
    taskArn: task.taskArn ?? '',
    taskDefinitionArn: task.taskDefinitionArn ?? '',
    desiredStatus: task.desiredStatus ?? '',
    createdAt: task.createdAt?.getTime(),
    tags: new Map((task.tags ?? []).map(({ key = '', value = '' }) => [key, value])),
  };
}
