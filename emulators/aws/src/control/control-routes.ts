import { WORKER_CONTAINER } from '@fargate-gitlab-runner/blueprint';
import type { Context, Hono } from 'hono';
import type { CallLog } from '../ecs/call-log.ts';
import type { Ecs } from '../ecs/ecs.ts';
import { EcsError } from '../ecs/ecs-error.ts';
import { stopCauseOf } from '../ecs/stop-cause.ts';
import type { TaskLife } from '../ecs/task-life.ts';
import type { IamLog } from '../iam/iam-log.ts';
import { FieldError, Fields } from '../json-fields.ts';
import type { NodeBindings } from '../node-bindings.ts';
import type { S3 } from '../s3/s3.ts';
import { S3Error } from '../s3/s3-error.ts';
import { s3FaultOrderOf } from '../s3/s3-faults.ts';
import { s3DenialOf } from '../s3/s3-policy.ts';
import type { TrustInput } from '../services/identities.ts';
import type { SecretInput } from '../services/secret-shelf.ts';
import type { SmallServices } from '../services/small-services.ts';
import type { EmulatedTask } from './emulated-task.ts';

interface Controlled {
  readonly ecs: Ecs;
  readonly calls: CallLog;
  readonly s3: S3;
  readonly s3Calls: CallLog;
  readonly services: SmallServices;
  readonly iam: IamLog;
}

type Order = (controlled: Controlled, fields: Fields) => object | Promise<object>;

const ORDERS: ReadonlyMap<string, Order> = new Map<string, Order>([
  ['put-cluster', ({ ecs }, fields) => ({ arn: ecs.putCluster(fields).arn })],
  ['put-task-definition', ({ ecs }, fields) => ({ arn: ecs.putTaskDefinition(fields).arn })],
  ['fail-calls', ({ ecs }, fields) => done(ecs.faults.orderCall(fields))],
  ['fail-workers', ({ ecs }, fields) => done(ecs.faults.orderWorkers(fields))],
  ['clear-faults', ({ ecs, s3 }) => done([ecs.faults.clear(), s3.faults.clear()])],
  ['stop-task', ({ ecs }, fields) => done(lifeOf(ecs, fields).stop(stopCauseOf(fields, WORKER_CONTAINER)))],
  ['drop-connections', async ({ ecs }, fields) => done(await lifeOf(ecs, fields).processes?.dropConnections())],
  ['pause-task', async ({ ecs }, fields) => done(await lifeOf(ecs, fields).processes?.signalAll('SIGSTOP'))],
  ['resume-task', async ({ ecs }, fields) => done(await lifeOf(ecs, fields).processes?.signalAll('SIGCONT'))],
  ['await-stopped', async ({ ecs }, fields) => done(await lifeOf(ecs, fields).over)],
  ['tasks', ({ ecs }) => ({ tasks: ecs.lives().map(emulatedTask) })],
  [
    'live-tasks',
    ({ ecs }) => ({
      tasks: ecs
        .lives()
        .filter(({ task }) => task.status !== 'STOPPED')
        .map(emulatedTask),
    }),
  ],
  ['pids', async ({ ecs }, fields) => ({ pids: (await lifeOf(ecs, fields).processes?.pids()) ?? [] })],
  ['calls', ({ calls }) => ({ counts: calls.counts(), calls: calls.recent() })],
  ['clear-calls', ({ calls, s3Calls, services, iam }) => done([calls.clear(), s3Calls.clear(), services.calls.clear(), iam.clear()])],
  ['create-bucket', ({ s3 }, fields) => done(s3.createBucket(fields.string('bucket')))],
  ['s3-fail', ({ s3 }, fields) => done(s3.faults.add(s3FaultOrderOf(fields)))],
  ['s3-deny', ({ s3 }, fields) => done(s3.policy.set(fields.objects('denials').map(s3DenialOf)))],
  ['iam-requests', ({ iam }) => ({ requests: iam.all() })],
  ['s3-calls', ({ s3Calls }) => ({ counts: s3Calls.counts(), calls: s3Calls.recent() })],
  ['put-secret', ({ services }, fields) => services.secrets.put(secretOf(fields))],
  ['put-parameter', ({ services }, fields) => ({ arn: services.parameters.put(fields.string('name'), fields.string('value')) })],
  ['put-log-lines', ({ services }, fields) => done(services.logs.put(logLinesOf(fields)))],
  ['trust', ({ services }, fields) => done(services.identities.trust(trustOf(fields)))],
  ['deny', ({ services }, fields) => done(services.identities.deny(fields.strings('patterns')))],
  ['service-calls', ({ services }) => ({ counts: services.calls.counts(), calls: services.calls.recent() })],
  ['s3-put', ({ s3 }, fields) => done(putObject(s3, fields))],
  ['s3-objects', ({ s3 }, fields) => ({ objects: objectsOf(s3, fields) })],
]);

/** The control routes: `POST /_control/<order>` with a JSON object. 400 with `{error}` for an order that can't be read. */
export function mountControl(app: Hono<NodeBindings>, controlled: Controlled): void {
  app.post('/_control/:order', async (c) => {
    const order = ORDERS.get(c.req.param('order'));
    if (!order) return c.json({ error: `there is no order ${c.req.param('order')}` }, 404);
    try {
      return c.json(await order(controlled, Fields.of(await c.req.json())));
    } catch (error) {
      return refused(c, error);
    }
  });
}

function refused(c: Context, error: unknown): Response {
  const isCallers = [FieldError, EcsError, S3Error, SyntaxError].some((kind) => error instanceof kind);
  return c.json({ error: error instanceof Error ? error.message : String(error) }, isCallers ? 400 : 500);
}

function secretOf(fields: Fields): SecretInput {
  const stages = fields.has('stages') && { stages: fields.strings('stages') };
  return { name: fields.string('name'), value: fields.string('value'), ...stages };
}

function logLinesOf(fields: Fields) {
  return { group: fields.string('group'), stream: fields.string('stream'), lines: fields.strings('lines') };
}

function trustOf(fields: Fields): TrustInput {
  return { roleArn: fields.string('roleArn'), token: fields.string('token'), resources: fields.strings('resources') };
}

function putObject(s3: S3, fields: Fields): void {
  const body = Buffer.from(fields.string('base64'), 'base64');
  s3.bucket(fields.string('bucket')).put({ key: fields.string('key'), body, headers: new Map(), checksums: new Map() }, new Map());
}

/** What a bucket holds, as text. */
function objectsOf(s3: S3, fields: Fields): object[] {
  const prefix = fields.optionalString('prefix') ?? '';
  const objects = s3.bucket(fields.string('bucket')).sorted();
  return objects.filter(({ key }) => key.startsWith(prefix)).map(({ key, body }) => ({ key, text: body.toString('utf8') }));
}

/** An order that has nothing to say. */
function done(_result: unknown): object {
  return {};
}

function lifeOf(ecs: Ecs, fields: Fields): TaskLife {
  const arn = fields.string('taskArn');
  const life = ecs.lives().find((one) => one.task.arn === arn);
  if (!life) throw new FieldError('taskArn', 'the ARN of a task');
  return life;
}

function emulatedTask({ task, processes }: TaskLife): EmulatedTask {
  return {
    taskArn: task.arn,
    lastStatus: task.status,
    ...(task.address !== undefined && { address: task.address }),
    ...(processes?.home !== undefined && { home: processes.home }),
    ...(task.identity.request.startedBy !== undefined && { startedBy: task.identity.request.startedBy }),
    ...(task.cause && { stopCode: task.cause.stopCode, stoppedReason: task.cause.reason }),
    exitCodes: Object.fromEntries(
      task.identity.definition.containers.flatMap(({ name }) => {
        const code = task.exitCode(name);
        return code === undefined ? [] : [[name, code]];
      }),
    ),
    tags: Object.fromEntries(task.tags.map((tag) => [tag.key, tag.value])),
  };
}
