import { deadlineSignal, systemClock } from '@fargate-gitlab-runner/kernel';
import type { Rig } from './rig.ts';

const WITHIN_MS = 60_000;

/**
 * Resolves when every task that was ever started is stopped, with all of its processes and files. Throws when one goes on for `withinMs`,
 * 60 s when absent.
 */
export async function everyTaskStopped(rig: Rig, withinMs = WITHIN_MS): Promise<void> {
  using deadline = deadlineSignal(systemClock, withinMs);
  const overdue = new Promise<'overdue'>((resolve) => deadline.signal.addEventListener('abort', () => resolve('overdue')));
  const tasks = await rig.aws.control.tasks();
  const stopped = Promise.all(tasks.map(({ taskArn }) => rig.aws.control.awaitStopped(taskArn)));
  if ((await Promise.race([stopped, overdue])) !== 'overdue') return;
  stopped.catch(() => undefined);
  const running = (await rig.aws.control.tasks()).filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  throw new Error(`tasks that nobody stopped: ${running.map(({ taskArn, lastStatus }) => `${taskArn} (${lastStatus})`).join(', ')}`);
}
