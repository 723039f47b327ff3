import { TASK_TAGS } from '@fargate-gitlab-runner/blueprint';
import type { ClusterRef, TaggedTask } from '../ecs-gateway.ts';
import type { TaskRef } from '../fleet.ts';

/** Whose tasks are looked at: those that bear both tags. */
export interface TaskFamily {
  readonly deployment: string;
  readonly storeId: string;
}

/** A task that one of our placements started and that is to run. */
export interface OurTask {
  readonly ref: TaskRef;
  readonly jobId: string;
  readonly placementId: string;
  readonly taskDefinitionArn: string;
}

/**
 * The task as ours, or undefined: a task of another deployment or store, one without a placement (started by hand, or by a version that
 * didn't say), and one that is stopping are nobody's business here.
 */
export function ourTaskOf(task: TaggedTask, cluster: ClusterRef, family: TaskFamily): OurTask | undefined {
  const { tags } = task;
  const isOurs = tags.get(TASK_TAGS.deployment) === family.deployment && tags.get(TASK_TAGS.store) === family.storeId;
  const jobId = tags.get(TASK_TAGS.job);
  const placementId = tags.get(TASK_TAGS.placement);
  if (!isOurs || task.desiredStatus !== 'RUNNING' || jobId === undefined || placementId === undefined) return undefined;
  const { region, clusterArn } = cluster;
  return { ref: { region, clusterArn, taskArn: task.taskArn }, jobId, placementId, taskDefinitionArn: task.taskDefinitionArn };
}
