import type { Context, Hono } from 'hono';
import { CallLog, type RecordedCall } from '../ecs/call-log.ts';
import type { IamLog } from '../iam/iam-log.ts';
import type { IamRequest } from '../iam/iam-request.ts';
import type { NodeBindings } from '../node-bindings.ts';
import type { S3 } from './s3.ts';
import { type S3Action, s3ActionOf } from './s3-action.ts';
import type { S3Answer } from './s3-answer.ts';
import { accessDenied, S3Error } from './s3-error.ts';
import type { S3Fault } from './s3-faults.ts';
import { type S3Request, s3RequestOf } from './s3-request.ts';
import { errorXml } from './s3-xml.ts';
import { provedAccessKey } from './signature.ts';

type Cut = 'cut';

/**
 * The S3 API in path style: REST with XML, as the official client calls it. Order of checks: signature, operation, ordered faults, policy,
 * bucket, then the operation's own rules.
 */
export class S3Api {
  readonly calls = new CallLog();
  readonly #s3: S3;

  readonly #iam: IamLog;

  constructor(s3: S3, iam: IamLog) {
    this.#s3 = s3;
    this.#iam = iam;
  }

  /** Puts the routes on `app`; the control routes and ECS's own must be there already, because a bucket may have any path. */
  mount(app: Hono<NodeBindings>): void {
    app.all('/*', async (c) => {
      const requestId = this.#s3.random.hex(8).toUpperCase();
      const answer = await this.#answer(c);
      if (answer === 'cut') {
        c.env.incoming.socket.destroy();
        return c.body(null);
      }
      return this.#response(c, answer, requestId);
    });
  }

  async #answer(c: Context<NodeBindings>): Promise<S3Answer | S3Error | Cut> {
    let call: RecordedCall | undefined;
    try {
      const request = s3RequestOf(c.env.incoming, Buffer.from(await c.req.arrayBuffer()));
      const action = s3ActionOf(request);
      call = this.#written(request, action instanceof S3Error ? 'Unknown' : action.name);
      const accessKey = await provedAccessKey(request, this.#s3.rules);
      if (action instanceof S3Error) throw action;
      const answer = await this.#asked(action, request, () => this.#run(action, request, accessKey));
      call.outcome = answer === 'cut' ? 'dropped' : 'ok';
      return answer;
    } catch (error) {
      return failed(error, call);
    }
  }

  /** S3 tells that an object is not there only to those who may list the bucket, so it asks about that too. */
  async #asked(action: S3Action, request: S3Request, run: () => Promise<S3Answer | Cut>): Promise<S3Answer | Cut> {
    if (action.permission !== '') this.#iam.add([iamRequestOf(action.permission, request)]);
    try {
      return await run();
    } catch (error) {
      if (error instanceof S3Error && error.code === 'NoSuchKey') this.#iam.add([iamRequestOf('s3:ListBucket', { ...request, key: '' })]);
      throw error;
    }
  }

  #written(request: S3Request, action: string): RecordedCall {
    return this.calls.add({ action, region: this.#s3.rules.region, parameters: parametersOf(request), at: this.#s3.clock.now() });
  }

  async #run(action: S3Action, request: S3Request, accessKey: string): Promise<S3Answer | Cut> {
    const place = request.key || (request.query.get('prefix') ?? '');
    const fault = this.#s3.faults.next(action.name, place);
    if (this.#s3.latencyMs > 0) await this.#s3.clock.sleep(this.#s3.latencyMs);
    await this.#wait(fault, 'before');
    if (fault?.kind === 'dropped') return 'cut';
    if (fault?.kind === 'error') throw new S3Error(fault.code, 'This was ordered.');
    const isAllowed = (permission: string, key: string) => this.#s3.policy.isAllowed({ permission, key, accessKey });
    if (!isAllowed(action.permission, place)) throw accessDenied();
    const answer = action.run(this.#s3.bucket(request.bucket), request, (key) => isAllowed('s3:DeleteObject', key));
    await this.#wait(fault, 'after');
    return fault?.kind === 'lost answer' ? 'cut' : answer;
  }

  async #wait(fault: S3Fault | undefined, when: 'before' | 'after'): Promise<void> {
    if (fault?.kind === 'delay' && (fault.when ?? 'before') === when) await this.#s3.clock.sleep(fault.ms);
  }

  #response(c: Context<NodeBindings>, answer: S3Answer | S3Error, requestId: string): Response {
    const common: [string, string][] = [
      ['x-amz-request-id', requestId],
      ['date', new Date(this.#s3.clock.now()).toUTCString()],
    ];
    const isHead = c.req.method === 'HEAD';
    if (answer instanceof S3Error) {
      const body = errorXml(answer, { resource: c.req.path, requestId });
      return new Response(isHead ? null : body, { status: answer.status, headers: [...common, ['content-type', 'application/xml']] });
    }
    const headers = [...common, ...answer.headers.map(([name, value]): [string, string] => [name, value])];
    const hasBody = !isHead && answer.status !== 204 && answer.status !== 304;
    return new Response(hasBody ? bytesOf(answer.body) : null, { status: answer.status, headers });
  }
}

function iamRequestOf(action: string, { bucket, key }: Pick<S3Request, 'bucket' | 'key'>): IamRequest {
  return { action, resource: `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`, context: {} };
}

function failed(error: unknown, call: RecordedCall | undefined): S3Error {
  const told = error instanceof S3Error ? error : new S3Error('InternalError', error instanceof Error ? error.message : String(error));
  if (call) call.outcome = told.code;
  return told;
}

function parametersOf({ bucket, key, headers, query, body }: S3Request) {
  const named = ['if-match', 'if-none-match', 'range', 'x-amz-server-side-encryption', 'x-amz-server-side-encryption-aws-kms-key-id'];
  return {
    bucket,
    key,
    bytes: body.length,
    ...(query.has('prefix') && { prefix: query.get('prefix') }),
    ...Object.fromEntries(named.flatMap((name) => (headers.has(name) ? [[name, headers.get(name)]] : []))),
  };
}

function bytesOf(body: string | Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(typeof body === 'string' ? Buffer.from(body) : body);
}
