import { classify, classifyException, classifyStop } from './classification.ts';
import type { EcsException, EcsTask } from './ecs-gateway.ts';
import type { TaskStop } from './fleet.ts';

/** Why the task stops, as soon as ECS says so: before STOPPED already. Undefined while it is to run. */
export function taskStopOf(task: EcsTask): TaskStop | undefined {
  const isStopped = task.lastStatus === 'STOPPED' || (task.desiredStatus === 'STOPPED' && task.stopCode !== '');
  if (!isStopped) return undefined;
  return {
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    wasRunning: task.hasStarted,
    failure: classifyStop(task),
  };
}

/** The stop of a task that ECS does not know (any more). */
export function missingTaskStop(): TaskStop {
  const stoppedReason = 'ECS does not know the task';
  return { stopCode: 'Missing', stoppedReason, wasRunning: false, failure: classify('stop', `Missing: ${stoppedReason}`) };
}

/** The stop of a task that we are not allowed to look at: nobody can wait for it. */
export function unwatchableTaskStop(exception: EcsException): TaskStop {
  return { stopCode: 'Unwatchable', stoppedReason: exception.message, wasRunning: false, failure: classifyException(exception) };
}
