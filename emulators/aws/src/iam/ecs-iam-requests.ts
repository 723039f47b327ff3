import type { Cluster } from '../ecs/cluster.ts';
import type { Ecs } from '../ecs/ecs.ts';
import { EcsError } from '../ecs/ecs-error.ts';
import { tagsOf } from '../ecs/tags.ts';
import { FieldError, Fields } from '../json-fields.ts';
import type { IamRequest } from './iam-request.ts';

/** A call of ECS, as it came. */
export interface EcsCall {
  readonly action: string;
  readonly region: string;
  readonly fields: Fields;
}

/** Stands for the id of a task or a container instance that is not known. */
const SOME_ID = '0'.repeat(32);

/**
 * What ECS asks IAM about a call, at the time of the call: tags of a task are those that it has now. Source: service authorization
 * reference, "Amazon Elastic Container Service"; IAM user guide, "PassRole".
 */
export function ecsIamRequests(ecs: Ecs, call: EcsCall): IamRequest[] {
  try {
    return requestsOf(ecs, call);
  } catch (error) {
    // A call that can't be read is refused before IAM hears of it.
    if (error instanceof FieldError || error instanceof EcsError) return [];
    throw error;
  }
}

function requestsOf(ecs: Ecs, call: EcsCall): IamRequest[] {
  switch (call.action) {
    case 'RunTask':
      return runTask(ecs, call);
    case 'StopTask':
      return onTask(ecs, call, [call.fields.string('task')]);
    case 'DescribeTasks':
      return onTask(ecs, call, call.fields.strings('tasks'));
    case 'ListTasks':
      return inCluster(ecs, call, (cluster) => ({ resource: `${beside(cluster, 'container-instance')}/${SOME_ID}`, context: {} }));
    case 'DescribeClusters':
      return call.fields.strings('clusters').flatMap((name) => {
        const cluster = ecs.findCluster(call.region, name);
        return cluster ? [{ action: 'ecs:DescribeClusters', resource: cluster.arn, context: {} }] : [];
      });
    default:
      // The actions on task definitions know no resource.
      return [{ action: `ecs:${call.action}`, resource: '*', context: {} }];
  }
}

function runTask(ecs: Ecs, call: EcsCall): IamRequest[] {
  const { fields, region } = call;
  const definition = ecs.findDefinition(region, fields.string('taskDefinition'));
  if (!definition) return [];
  const tags = Object.fromEntries(tagsOf(fields.objects('tags')).map(({ key, value }) => [`aws:RequestTag/${key}`, value]));
  const roles = ['taskRoleArn', 'executionRoleArn'].flatMap((role) => {
    const given = fields.optionalObject('overrides')?.optionalString(role) ?? Fields.of(definition.source).optionalString(role);
    return given === undefined ? [] : [given];
  });
  return [
    ...inCluster(ecs, call, () => ({ resource: definition.arn, context: tags })),
    ...inCluster(ecs, { ...call, action: 'TagResource' }, (cluster) => ({
      resource: `${beside(cluster, 'task')}/${SOME_ID}`,
      context: { ...tags, 'ecs:CreateAction': 'RunTask' },
    })),
    ...roles.map((resource) => ({ action: 'iam:PassRole', resource, context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } })),
  ];
}

function onTask(ecs: Ecs, call: EcsCall, names: readonly string[]): IamRequest[] {
  return names.flatMap((name) =>
    inCluster(ecs, call, (cluster) => {
      const tags = ecs.findLife(cluster, name)?.task.tags ?? [];
      const resource = name.startsWith('arn:') ? name : `${beside(cluster, 'task')}/${name}`;
      return { resource, context: Object.fromEntries(tags.map(({ key, value }) => [`aws:ResourceTag/${key}`, value])) };
    }),
  );
}

/** A question about something in the cluster of the call; none when there is no such cluster. */
function inCluster(ecs: Ecs, { action, region, fields }: EcsCall, of: (cluster: Cluster) => Omit<IamRequest, 'action'>): IamRequest[] {
  const cluster = ecs.findCluster(region, fields.optionalString('cluster') ?? 'default');
  if (!cluster) return [];
  const { resource, context } = of(cluster);
  return [{ action: `ecs:${action}`, resource, context: { ...context, 'ecs:cluster': cluster.arn } }];
}

function beside(cluster: Cluster, type: string): string {
  return cluster.arn.replace(':cluster/', `:${type}/`);
}
