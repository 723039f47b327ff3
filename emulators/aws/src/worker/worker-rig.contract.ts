import { RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import { type AwsRig, CLUSTER, workerOverrides } from '../aws-rig.contract.ts';
import type { EmulatedTask } from '../control/emulated-task.ts';
import { ed25519Keys } from './ed25519-keys.ts';

/** The key that every worker of a test file lets in. */
export const key = ed25519Keys();

/** Starts one worker with the test's key; of the rig's own task definition when no family is named. */
export async function startWorker(rig: AwsRig, family?: string): Promise<EmulatedTask> {
  const definition = family === undefined ? {} : { taskDefinition: family };
  const { tasks } = await rig.ecs.send(new RunTaskCommand(rig.request({ overrides: workerOverrides(key.publicKey), ...definition })));
  return reached(rig, tasks?.[0]?.taskArn, 'RUNNING');
}

/** Waits for a task to be in a state. */
export async function reached(rig: AwsRig, taskArn: string | undefined, status: string): Promise<EmulatedTask> {
  for (;;) {
    const task = (await rig.control.tasks()).find((one) => one.taskArn === taskArn);
    if (task?.lastStatus === status) return task;
    if (!task || task.lastStatus === 'STOPPED') throw new Error(`${taskArn} is stopped: ${task?.stoppedReason}`);
    await systemClock.sleep(10);
  }
}

/** Stops a worker and waits until nothing of it is left. */
export async function stopWorker(rig: AwsRig, task: EmulatedTask): Promise<void> {
  await rig.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: task.taskArn, reason: 'the test is over' }));
  await rig.control.awaitStopped(task.taskArn);
}
