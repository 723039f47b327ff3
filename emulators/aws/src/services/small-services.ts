import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import type { Hono } from 'hono';
import { CallLog } from '../ecs/call-log.ts';
import type { IamLog } from '../iam/iam-log.ts';
import { FieldError, Fields, type JsonObject } from '../json-fields.ts';
import type { NodeBindings } from '../node-bindings.ts';
import { Identities } from './identities.ts';
import { LogShelf } from './log-shelf.ts';
import { ParameterShelf } from './parameter-shelf.ts';
import { provedCaller } from './proved-caller.ts';
import { SecretShelf } from './secret-shelf.ts';
import { notAuthorized, ServiceError } from './service-error.ts';

const MEDIA_TYPE = 'application/x-amz-json-1.1';

/** One call of a service that speaks AWS JSON 1.1: how IAM names it, for which service it is signed, and what it reads. */
interface Action {
  readonly permission: string;
  readonly service: string;
  resource(fields: Fields): string;
  answer(fields: Fields): JsonObject;
}

/** What there is at start. */
export interface SmallServicesOptions {
  readonly region: string;
  readonly account: string;
  /** Secrets by access key id. */
  readonly accessKeys: ReadonlyMap<string, string>;
}

/**
 * The single calls of Secrets Manager, Parameter Store, CloudWatch Logs and STS that a manager makes, on the address of ECS. Order of
 * checks: signature, permission, then whether there is such a thing; AWS too says nothing of what it doesn't let you see.
 */
export class SmallServices {
  readonly secrets: SecretShelf;
  readonly parameters: ParameterShelf;
  readonly logs: LogShelf;
  readonly identities: Identities;
  /** Every call, by the name that IAM has for it. */
  readonly calls = new CallLog();
  readonly #clock: Clock;
  readonly #region: string;
  readonly #actions: ReadonlyMap<string, Action>;

  readonly #iam: IamLog;

  constructor(options: SmallServicesOptions, tools: { readonly clock: Clock; readonly random: Random; readonly iam: IamLog }) {
    this.#iam = tools.iam;
    this.#clock = tools.clock;
    this.#region = options.region;
    this.secrets = new SecretShelf(options, tools.random);
    this.parameters = new ParameterShelf(options);
    this.logs = new LogShelf(options);
    this.identities = new Identities(options.accessKeys, tools.random);
    this.#actions = new Map(Object.entries(this.#table()));
  }

  /** Puts the route on `app`, before that of ECS: what is not for these services goes on to it. */
  mount(app: Hono<NodeBindings>): void {
    app.post('/', async (c, next) => {
      const target = c.req.header('x-amz-target') ?? '';
      const action = this.#actions.get(target);
      const isForm = c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded') === true;
      if (!action && !isForm) return next();
      const body = await c.req.text();
      if (!action) return this.#sts(body);
      const headers = new Map(Object.entries(c.req.header()));
      return this.#json(action, { path: c.req.path, headers, body });
    });
  }

  async #json(action: Action, request: { path: string; headers: ReadonlyMap<string, string>; body: string }): Promise<Response> {
    const call = this.calls.add({ action: action.permission, region: '', parameters: {}, at: this.#clock.now() });
    try {
      const { accessKey, region } = await provedCaller(request, {
        service: action.service,
        keyOf: (id) => this.identities.keyOf(id),
        now: () => this.#clock.now(),
      });
      const fields = Fields.of(JSON.parse(request.body));
      const of = { accessKey, action: action.permission, resource: action.resource(fields) };
      this.#iam.add([{ action: of.action, resource: of.resource, context: {} }]);
      if (!this.identities.mayRead(of)) throw notAuthorized({ ...of, caller: this.identities.nameOf(accessKey) });
      if (region !== this.#region) throw new ServiceError('ResourceNotFoundException', `There is no such thing in ${region}`);
      const answer = action.answer(fields);
      call.outcome = 'ok';
      return Response.json(answer, { headers: { 'content-type': MEDIA_TYPE } });
    } catch (error) {
      const { type, message, status } = asServiceError(error);
      call.outcome = type;
      return Response.json({ __type: type, message }, { status, headers: { 'content-type': MEDIA_TYPE } });
    }
  }

  #sts(body: string): Response {
    const form = new URLSearchParams(body);
    const call = this.calls.add({ action: `sts:${form.get('Action')}`, region: '', parameters: {}, at: this.#clock.now() });
    try {
      if (form.get('Action') !== 'AssumeRoleWithWebIdentity') throw new ServiceError('InvalidAction', 'The emulator has no such action');
      const xml = this.identities.assume(form, this.#clock.now());
      call.outcome = 'ok';
      return new Response(xml, { headers: { 'content-type': 'text/xml' } });
    } catch (error) {
      const { type, message, status } = asServiceError(error);
      call.outcome = type;
      const xml = `<ErrorResponse><Error><Type>Sender</Type><Code>${type}</Code><Message>${message}</Message></Error></ErrorResponse>`;
      return new Response(xml, { status, headers: { 'content-type': 'text/xml' } });
    }
  }

  #table(): Readonly<Record<string, Action>> {
    return {
      'secretsmanager.GetSecretValue': {
        permission: 'secretsmanager:GetSecretValue',
        service: 'secretsmanager',
        resource: (fields) => this.secrets.resourceOf(fields.string('SecretId')),
        answer: (fields) => this.secrets.value(fields),
      },
      'AmazonSSM.GetParameter': {
        permission: 'ssm:GetParameter',
        service: 'ssm',
        resource: (fields) => this.parameters.resourceOf(fields.string('Name')),
        answer: (fields) => this.parameters.parameter(fields),
      },
      'Logs_20140328.GetLogEvents': {
        permission: 'logs:GetLogEvents',
        service: 'logs',
        resource: (fields) => this.logs.resourceOf(fields),
        answer: (fields) => this.logs.events(fields, this.#clock.now()),
      },
    };
  }
}

function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof FieldError) return new ServiceError('ValidationException', error.message);
  if (error instanceof SyntaxError) return new ServiceError('SerializationException', 'The body is not a JSON object');
  return new ServiceError('InternalServiceError', error instanceof Error ? error.message : String(error), 500);
}
