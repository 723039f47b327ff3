import type { Task } from '@aws-sdk/client-ecs';
import type { EcsTask } from '../ecs-gateway.ts';

/** A task of the SDK in our words. */
export function ecsTaskOf(task: Task): EcsTask {
  const address = addressOf(task);
  return {
    taskArn: task.taskArn ?? '',
    clusterArn: task.clusterArn ?? '',
    lastStatus: task.lastStatus ?? '',
    desiredStatus: task.desiredStatus ?? '',
    stopCode: task.stopCode ?? '',
    stoppedReason: task.stoppedReason ?? '',
    hasStarted: task.startedAt !== undefined,
    ...(address && { address }),
    containers: (task.containers ?? []).map(({ name = '', exitCode, reason = '' }) => ({
      name,
      reason,
      ...(exitCode !== undefined && { exitCode }),
    })),
  };
}

/** By the attachment's type: AWS adds containers and attachments of its own, in any order. */
function addressOf(task: Task): string | undefined {
  const network = task.attachments?.find((attachment) => attachment.type === 'ElasticNetworkInterface');
  return network?.details?.find((detail) => detail.name === 'privateIPv4Address')?.value;
}
