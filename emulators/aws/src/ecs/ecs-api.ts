import type { Context, Hono } from 'hono';
import { ecsIamRequests } from '../iam/ecs-iam-requests.ts';
import type { IamLog } from '../iam/iam-log.ts';
import { FieldError, Fields, type JsonObject } from '../json-fields.ts';
import type { NodeBindings } from '../node-bindings.ts';
import { CallLog, type RecordedCall } from './call-log.ts';
import { describeClusters, describeTaskDefinition } from './descriptions.ts';
import type { Ecs } from './ecs.ts';
import { EcsError, invalidParameter } from './ecs-error.ts';
import type { CallFault } from './faults.ts';
import { deregisterTaskDefinition, listTaskDefinitionFamilies, listTaskDefinitions, registerTaskDefinition } from './definition-actions.ts';
import { runTask } from './run-task.ts';
import { signedRegion } from './signed-region.ts';
import { stopTask } from './stop-task.ts';
import { describeTasks, listTasks } from './task-queries.ts';
import { Throttle } from './throttle.ts';

const TARGET = 'AmazonEC2ContainerServiceV20141113.';
const MEDIA_TYPE = 'application/x-amz-json-1.1';

type Action = (ecs: Ecs, region: string, fields: Fields) => JsonObject;

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['RunTask', runTask],
  ['DescribeTasks', describeTasks],
  ['ListTasks', listTasks],
  ['StopTask', stopTask],
  ['DescribeClusters', describeClusters],
  ['DescribeTaskDefinition', describeTaskDefinition],
  ['RegisterTaskDefinition', registerTaskDefinition],
  ['DeregisterTaskDefinition', deregisterTaskDefinition],
  ['ListTaskDefinitions', listTaskDefinitions],
  ['ListTaskDefinitionFamilies', listTaskDefinitionFamilies],
]);

/**
 * The ECS API over AWS JSON 1.1: `POST /` with the action in X-Amz-Target. Order of checks: protocol, signature, ordered faults,
 * throttle, then the action's own rules.
 */
export class EcsApi {
  readonly calls = new CallLog();
  readonly #ecs: Ecs;
  readonly #throttle: Throttle | undefined;

  readonly #iam: IamLog;

  constructor(ecs: Ecs, iam: IamLog) {
    this.#ecs = ecs;
    this.#iam = iam;
    this.#throttle = ecs.options.throttling ? new Throttle(ecs.tools.clock) : undefined;
  }

  /** Puts the route on `app`. */
  mount(app: Hono<NodeBindings>): void {
    app.post('/', async (c) => {
      const answer = await this.#answer(c);
      if (answer === 'cut') {
        c.env.incoming.socket.destroy();
        return c.body(null);
      }
      const status = answer instanceof EcsError ? answer.status : 200;
      const headers = { 'content-type': MEDIA_TYPE, 'x-amzn-requestid': this.#ecs.tools.random.hex(16) };
      return new Response(JSON.stringify(answer), { status, headers });
    });
  }

  async #answer(c: Context<NodeBindings>): Promise<JsonObject | EcsError | 'cut'> {
    let call: RecordedCall | undefined;
    try {
      const { action, run } = actionOf(c);
      const region = signedRegion(c.req.header('authorization'));
      const fields = await fieldsOf(c);
      call = this.calls.add({ action, region, parameters: fields.raw, at: this.#ecs.tools.clock.now() });
      this.#iam.add(ecsIamRequests(this.#ecs, { action, region, fields }));
      const answer = await this.#run(action, () => run(this.#ecs, region, fields));
      call.outcome = answer === 'cut' ? 'dropped' : 'ok';
      return answer;
    } catch (error) {
      const answer = asEcsError(error);
      if (call) call.outcome = answer.type;
      return answer;
    }
  }

  async #run(action: string, perform: () => JsonObject): Promise<JsonObject | 'cut'> {
    const fault = this.#ecs.faults.nextCall(action);
    await this.#before(fault);
    if (fault?.kind === 'dropped') return 'cut';
    if (fault?.kind === 'exception') throw new EcsError(fault.type, fault.message, { status: fault.status ?? 400 });
    this.#throttle?.admit(action);
    if (fault?.kind === 'capacity') return { tasks: [], failures: [{ reason: fault.reason ?? '' }] };
    const answer = perform();
    return fault?.kind === 'ambiguous' ? 'cut' : answer;
  }

  async #before(fault: CallFault | undefined): Promise<void> {
    const ms = fault?.kind === 'delay' ? fault.ms : this.#ecs.options.latencyMs;
    if (ms > 0) await this.#ecs.tools.clock.sleep(ms);
  }
}

function actionOf(c: Context): { action: string; run: Action } {
  const target = c.req.header('x-amz-target') ?? '';
  const action = target.startsWith(TARGET) ? target.slice(TARGET.length) : '';
  const run = ACTIONS.get(action);
  if (!run || c.req.header('content-type') !== MEDIA_TYPE)
    throw new EcsError('UnknownOperationException', `The emulator has no operation ${target}`);
  return { action, run };
}

async function fieldsOf(c: Context): Promise<Fields> {
  try {
    return Fields.of(JSON.parse(await c.req.text()));
  } catch {
    throw new EcsError('SerializationException', 'The body is not a JSON object');
  }
}

function asEcsError(error: unknown): EcsError {
  if (error instanceof EcsError) return error;
  if (error instanceof FieldError) return invalidParameter(error.message);
  return new EcsError('ServerException', error instanceof Error ? error.message : String(error));
}
