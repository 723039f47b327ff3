import type { Fields, JsonObject } from '../json-fields.ts';
import type { Ecs } from './ecs.ts';
import { EcsError, invalidParameter } from './ecs-error.ts';
import { taskView } from './task-view.ts';

/**
 * StopTask: the task stops for the caller's `reason` and loses its tags. Where the option `stopRequiresTag` names a tag key, a task
 * without that tag is AccessDenied, as under an IAM policy with an aws:ResourceTag condition: so is a second StopTask.
 */
export function stopTask(ecs: Ecs, region: string, fields: Fields): JsonObject {
  const cluster = ecs.cluster(region, fields.optionalString('cluster'));
  const life = ecs.findLife(cluster, fields.string('task'));
  if (!life) throw invalidParameter('The referenced task was not found.');
  const key = ecs.options.stopRequiresTag;
  if (key !== undefined && !life.task.tags.some((tag) => tag.key === key)) {
    throw new EcsError('AccessDeniedException', `User is not authorized to perform: ecs:StopTask on resource: ${life.task.arn}`);
  }
  life.stop({ stopCode: 'UserInitiated', reason: fields.optionalString('reason') ?? 'Task stopped by user' });
  life.task.dropTags();
  return { task: taskView(life.task, { tags: true }) };
}
