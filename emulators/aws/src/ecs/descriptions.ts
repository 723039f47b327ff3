import type { Fields, JsonObject } from '../json-fields.ts';
import { clusterView } from './cluster.ts';
import type { Ecs } from './ecs.ts';
import { EcsError } from './ecs-error.ts';
import { taskDefinitionView } from './task-definition.ts';

/** DescribeClusters: the clusters that exist, and MISSING for the others. */
export function describeClusters(ecs: Ecs, region: string, fields: Fields): JsonObject {
  const names = fields.has('clusters') ? fields.strings('clusters') : ['default'];
  const found = names.map((name) => ({ name, cluster: ecs.findCluster(region, name) }));
  return {
    clusters: found.flatMap(({ cluster }) => (cluster ? [clusterView(cluster, countsOf(ecs, cluster.arn))] : [])),
    failures: found.flatMap(({ name, cluster }) => (cluster ? [] : [{ arn: arnOf(ecs, region, name), reason: 'MISSING' }])),
  };
}

/** DescribeTaskDefinition: by family, family:revision or ARN. */
export function describeTaskDefinition(ecs: Ecs, region: string, fields: Fields): JsonObject {
  const definition = ecs.findDefinition(region, fields.string('taskDefinition'));
  if (!definition) throw new EcsError('ClientException', 'Unable to describe task definition.');
  return {
    taskDefinition: taskDefinitionView(definition),
    ...(fields.strings('include').includes('TAGS') && { tags: definition.tags }),
  };
}

function countsOf(ecs: Ecs, clusterArn: string): { running: number; pending: number } {
  const tasks = ecs.lives().filter((life) => life.task.identity.cluster.arn === clusterArn && life.task.status !== 'STOPPED');
  const running = tasks.filter((life) => life.task.status === 'RUNNING').length;
  return { running, pending: tasks.length - running };
}

function arnOf(ecs: Ecs, region: string, name: string): string {
  return name.startsWith('arn:') ? name : `arn:aws:ecs:${region}:${ecs.options.account}:cluster/${name}`;
}
