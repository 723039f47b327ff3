import type { Fields, JsonObject } from '../json-fields.ts';
import type { Ecs } from './ecs.ts';
import { invalidParameter } from './ecs-error.ts';
import { taskView } from './task-view.ts';
import type { TaskLife } from './task-life.ts';

const PAGE = 100;

/** DescribeTasks: at most 100 ids; what ECS does not know (yet, or any more) is a failure MISSING. */
export function describeTasks(ecs: Ecs, region: string, fields: Fields): JsonObject {
  const cluster = ecs.cluster(region, fields.optionalString('cluster'));
  const ids = fields.strings('tasks');
  if (ids.length === 0) throw invalidParameter('Tasks cannot be empty.');
  if (ids.length > 100) throw invalidParameter('Tasks cannot have more than 100 elements');
  const include = { tags: fields.strings('include').includes('TAGS') };
  const found = ids.map((id) => ({ id, life: visible(ecs, ecs.findLife(cluster, id)) }));
  return {
    tasks: found.flatMap(({ life }) => (life ? [taskView(life.task, include)] : [])),
    failures: found.flatMap(({ id, life }) => (life ? [] : [{ arn: arnOf(id, cluster.arn), reason: 'MISSING' }])),
  };
}

/** ListTasks: 100 ARNs a page, of running tasks unless desiredStatus says otherwise. `startedBy` goes with no other filter. */
export function listTasks(ecs: Ecs, region: string, fields: Fields): JsonObject {
  const cluster = ecs.cluster(region, fields.optionalString('cluster'));
  const matches = matcher(fields);
  const size = fields.optionalNumber('maxResults') ?? PAGE;
  if (!Number.isInteger(size) || size < 1 || size > PAGE) throw invalidParameter('maxResults must be between 1 and 100.');
  const arns = ecs
    .lives()
    .filter((life) => visible(ecs, life) && life.task.identity.cluster.arn === cluster.arn && matches(life))
    .map((life) => life.task.arn);
  const from = offsetOf(fields.optionalString('nextToken'), arns);
  const page = arns.slice(from, from + size);
  const last = page.at(-1);
  return { taskArns: page, ...(from + size < arns.length && last !== undefined && { nextToken: Buffer.from(last).toString('base64url') }) };
}

function matcher(fields: Fields): (life: TaskLife) => boolean {
  const desired = fields.optionalString('desiredStatus') ?? 'RUNNING';
  if (!['RUNNING', 'PENDING', 'STOPPED'].includes(desired)) throw invalidParameter('desiredStatus must be RUNNING, PENDING or STOPPED.');
  const family = fields.optionalString('family');
  const startedBy = fields.optionalString('startedBy');
  const others = ['family', 'serviceName', 'launchType', 'containerInstance'].filter((name) => fields.has(name));
  if (startedBy !== undefined && others.length > 0) throw invalidParameter('startedBy cannot be combined with other filters.');
  const launchType = fields.optionalString('launchType') ?? 'FARGATE';
  return ({ task }) =>
    task.desiredStatus === desired &&
    (family === undefined || task.identity.definition.family === family) &&
    (startedBy === undefined || task.identity.request.startedBy === startedBy) &&
    launchType === 'FARGATE' &&
    !fields.has('serviceName') &&
    !fields.has('containerInstance');
}

function offsetOf(token: string | undefined, arns: readonly string[]): number {
  if (token === undefined) return 0;
  const at = arns.indexOf(Buffer.from(token, 'base64url').toString());
  if (at < 0) throw invalidParameter('Invalid token');
  return at + 1;
}

/** ECS is eventually consistent: a task shows up some time after RunTask. */
function visible(ecs: Ecs, life: TaskLife | undefined): TaskLife | undefined {
  return life && ecs.tools.clock.now() - life.task.createdAt >= ecs.options.describeMissingMs ? life : undefined;
}

function arnOf(id: string, clusterArn: string): string {
  return id.startsWith('arn:') ? id : `${clusterArn.replace(':cluster/', ':task/')}/${id}`;
}
