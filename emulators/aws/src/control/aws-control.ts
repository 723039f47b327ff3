import type { ClusterInput } from '../ecs/cluster.ts';
import type { CallFault } from '../ecs/faults.ts';
import type { StopWish } from '../ecs/stop-cause.ts';
import type { IamRequest } from '../iam/iam-request.ts';
import { Fields, type JsonObject } from '../json-fields.ts';
import type { TrustInput } from '../services/identities.ts';
import type { SecretInput } from '../services/secret-shelf.ts';
import type { S3FaultOrder } from '../s3/s3-faults.ts';
import type { S3Denial } from '../s3/s3-policy.ts';
import type { WorkerFaults } from '../worker/worker-faults.ts';
import { type EmulatedTask, emulatedTaskOf } from './emulated-task.ts';

/** One call that the emulator got: for the replay against IAM policies. */
export interface ReceivedCall {
  readonly action: string;
  readonly region: string;
  readonly parameters: JsonObject;
  /** `ok`, the error's `__type`, or `dropped` where the connection was cut. */
  readonly outcome: string;
}

/** The levers of a running emulator. Every method rejects when the emulator refuses. */
export class AwsControl {
  readonly #url: string;

  /** @param url where the emulator listens */
  constructor(url: string) {
    this.#url = url;
  }

  /** Creates or replaces a cluster; resolves to its ARN. */
  async putCluster(cluster: ClusterInput): Promise<string> {
    return (await this.#order('put-cluster', cluster)).string('arn');
  }

  /** Registers the next revision of a family from RegisterTaskDefinition-shaped JSON; resolves to its ARN. */
  async putTaskDefinition(definition: object): Promise<string> {
    return (await this.#order('put-task-definition', definition)).string('arn');
  }

  /** Lets the next `times` (1 when absent) calls of an ECS action go wrong. Several orders for one action follow each other. */
  async failCalls(action: string, fault: CallFault, times = 1): Promise<void> {
    await this.#order('fail-calls', { action, fault, times });
  }

  /** Lets the next `times` calls of an ECS action answer ThrottlingException. */
  async throttle(action: string, times = 1): Promise<void> {
    await this.failCalls(action, { kind: 'exception', type: 'ThrottlingException', message: 'Rate exceeded' }, times);
  }

  /** Gives faults to the workers of the next `times` (1 when absent) tasks. */
  async failWorkers(faults: WorkerFaults, times = 1): Promise<void> {
    await this.#order('fail-workers', { faults, times });
  }

  /** Forgets every fault that was ordered and has not happened yet. */
  async clearFaults(): Promise<void> {
    await this.#order('clear-faults', {});
  }

  /** Ends a task as AWS or its own containers would. Returns at once; see awaitStopped. */
  async stopTask(taskArn: string, wish: StopWish): Promise<void> {
    await this.#order('stop-task', { taskArn, ...wish });
  }

  /** Resolves when the task is STOPPED and none of its processes and files is left. */
  async awaitStopped(taskArn: string): Promise<void> {
    await this.#order('await-stopped', { taskArn });
  }

  /** Cuts every SSH connection of a worker now; what they started goes on. */
  async dropConnections(taskArn: string): Promise<void> {
    await this.#order('drop-connections', { taskArn });
  }

  /** Freezes every process of a task. */
  async pauseTask(taskArn: string): Promise<void> {
    await this.#order('pause-task', { taskArn });
  }

  async resumeTask(taskArn: string): Promise<void> {
    await this.#order('resume-task', { taskArn });
  }

  /** Every task that ECS still remembers, oldest first. */
  async tasks(): Promise<readonly EmulatedTask[]> {
    return (await this.#order('tasks', {})).objects('tasks').map(emulatedTaskOf);
  }

  /** The tasks that are not STOPPED. */
  async liveTasks(): Promise<readonly EmulatedTask[]> {
    return (await this.#order('live-tasks', {})).objects('tasks').map(emulatedTaskOf);
  }

  /** Every process of a task at this moment: pids of this machine. */
  async pids(taskArn: string): Promise<readonly number[]> {
    return (await this.#order('pids', { taskArn })).numbers('pids');
  }

  /** How often each ECS action was called since the start or clearCalls, failed calls included. */
  async callCounts(): Promise<ReadonlyMap<string, number>> {
    return countsIn(await this.#order('calls', {}));
  }

  /** The last 10,000 calls, oldest first. */
  async calls(): Promise<readonly ReceivedCall[]> {
    return callsIn(await this.#order('calls', {}));
  }

  /** Creates a bucket in the emulator's Region, or empties it. */
  async createBucket(bucket: string): Promise<void> {
    await this.#order('create-bucket', { bucket });
  }

  /** Lets requests to S3 go wrong. Orders are used one after the other. */
  async failS3(order: S3FaultOrder): Promise<void> {
    await this.#order('s3-fail', order);
  }

  /** What the bucket policies deny from now on, in place of what they denied before. */
  async denyS3(denials: readonly S3Denial[]): Promise<void> {
    await this.#order('s3-deny', { denials });
  }

  /** Puts an object into a bucket behind everybody's back. */
  async putS3Object(bucket: string, key: string, body: Uint8Array): Promise<void> {
    await this.#order('s3-put', { bucket, key, base64: Buffer.from(body).toString('base64') });
  }

  /** The objects of a bucket whose keys begin like this, in the order of their keys, with their text. */
  async s3Objects(bucket: string, prefix = ''): Promise<readonly { readonly key: string; readonly text: string }[]> {
    const objects = (await this.#order('s3-objects', { bucket, prefix })).objects('objects');
    return objects.map((object) => ({ key: object.string('key'), text: object.string('text') }));
  }

  /** How often each operation of S3 was asked for since the start or clearCalls, failed requests included. */
  async s3CallCounts(): Promise<ReadonlyMap<string, number>> {
    return countsIn(await this.#order('s3-calls', {}));
  }

  /** The last 10,000 requests to S3, oldest first; `parameters` has bucket, key, prefix and the conditions. */
  async s3Calls(): Promise<readonly ReceivedCall[]> {
    return callsIn(await this.#order('s3-calls', {}));
  }

  /** Puts a secret, or a new version of it, into Secrets Manager; resolves to its ARN and the version's id. */
  async putSecret(secret: SecretInput): Promise<{ readonly arn: string; readonly versionId: string }> {
    const answer = await this.#order('put-secret', secret);
    return { arn: answer.string('arn'), versionId: answer.string('versionId') };
  }

  /** Puts a SecureString into Parameter Store; resolves to its ARN. */
  async putParameter(name: string, value: string): Promise<string> {
    return (await this.#order('put-parameter', { name, value })).string('arn');
  }

  /** Puts lines into a stream of CloudWatch Logs; a stream that ends with `*` is every one that begins so. */
  async putLogLines(entry: { readonly group: string; readonly stream: string; readonly lines: readonly string[] }): Promise<void> {
    await this.#order('put-log-lines', entry);
  }

  /** Lets whoever shows an ID token assume a role. */
  async trust(trust: TrustInput): Promise<void> {
    await this.#order('trust', trust);
  }

  /** What fixed keys may not do from now on: IAM's names of actions (`logs:GetLogEvents`), or ARN patterns. */
  async deny(patterns: readonly string[]): Promise<void> {
    await this.#order('deny', { patterns });
  }

  /** How often Secrets Manager, Parameter Store, CloudWatch Logs and STS were asked, by IAM's names of their actions. */
  async serviceCallCounts(): Promise<ReadonlyMap<string, number>> {
    return countsIn(await this.#order('service-calls', {}));
  }

  /** Every different question that the calls so far have put to IAM, in the order of their first time. */
  async iamRequests(): Promise<readonly IamRequest[]> {
    return (await this.#order('iam-requests', {})).objects('requests').map((request) => {
      const context = request.object('context');
      return {
        action: request.string('action'),
        resource: request.string('resource'),
        context: Object.fromEntries(Object.keys(context.raw).map((key) => [key, context.string(key)])),
      };
    });
  }

  async clearCalls(): Promise<void> {
    await this.#order('clear-calls', {});
  }

  async #order(order: string, body: object): Promise<Fields> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.#url}/_control/${order}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const answer = Fields.of(await response.json());
    if (!response.ok) throw new Error(`the emulator refuses ${order}: ${answer.optionalString('error') ?? response.status}`);
    return answer;
  }
}

function countsIn(answer: Fields): ReadonlyMap<string, number> {
  const counts = answer.object('counts');
  return new Map(Object.keys(counts.raw).map((action) => [action, counts.number(action)]));
}

function callsIn(answer: Fields): readonly ReceivedCall[] {
  return answer.objects('calls').map((call) => ({
    action: call.string('action'),
    region: call.string('region'),
    parameters: call.object('parameters').raw,
    outcome: call.string('outcome'),
  }));
}
