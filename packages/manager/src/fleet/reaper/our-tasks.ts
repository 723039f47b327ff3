import type { ClusterRef, EcsException, EcsGateway } from '../ecs-gateway.ts';
import { type OurTask, ourTaskOf, type TaskFamily } from './our-task.ts';

const BATCH = 100;

/** Every task of ours in the cluster, page by page, or ECS's refusal. One try: the next look is another. */
export async function ourTasks(
  gateway: EcsGateway,
  of: { readonly cluster: ClusterRef; readonly family: TaskFamily },
  signal: AbortSignal,
): Promise<readonly OurTask[] | EcsException> {
  const arns: string[] = [];
  for (let from: string | undefined, isFirst = true; isFirst || from !== undefined; isFirst = false) {
    const page = await gateway.listTasks(of.cluster, from, signal);
    if (page.kind === 'exception') return page;
    arns.push(...page.taskArns);
    from = page.next;
  }
  const found: OurTask[] = [];
  for (let at = 0; at < arns.length; at += BATCH) {
    const tasks = await describeOurs(gateway, { ...of, taskArns: arns.slice(at, at + BATCH) }, signal);
    if ('kind' in tasks) return tasks;
    found.push(...tasks);
  }
  return found;
}

/** Those of the tasks that are ours at this moment. */
export async function describeOurs(
  gateway: EcsGateway,
  of: { readonly cluster: ClusterRef; readonly family: TaskFamily; readonly taskArns: readonly string[] },
  signal: AbortSignal,
): Promise<readonly OurTask[] | EcsException> {
  const answer = await gateway.describeTagged(of.cluster, of.taskArns, signal);
  return answer.kind === 'exception' ? answer : answer.tasks.flatMap((task) => ourTaskOf(task, of.cluster, of.family) ?? []);
}
