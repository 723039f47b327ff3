import {
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { type Clock, deadlineSignal } from '@fargate-gitlab-runner/kernel';
import type {
  ClusterRef,
  DescribeClustersAnswer,
  DescribeTasksAnswer,
  EcsException,
  EcsGateway,
  FamilyPage,
  FamilyPageRequest,
  ListTasksAnswer,
  RevisionsAnswer,
  RunTaskAnswer,
  TaggedTasksAnswer,
  TaskDefinitionAnswer,
  TaskPage,
} from '../ecs-gateway.ts';
import type { RunTaskRequest, TaskRef } from '../fleet.ts';
import { ecsExceptionOf } from './ecs-exception-of.ts';
import { logPlaceOf } from './log-place-of.ts';
import { taggedTaskOf } from './tagged-task-of.ts';
import { ecsTaskOf } from './ecs-task-of.ts';

/** How to reach ECS. */
export interface AwsEcsGatewayOptions {
  readonly clock: Clock;
  /** Another address than AWS's own: the emulator's. */
  readonly endpoint?: string;
  /** Fixed credentials, for the emulator. The SDK's usual sources when absent. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** How long one call may take, in milliseconds; 10,000 when absent. */
  readonly timeoutMs?: number;
}

/**
 * ECS through the AWS SDK: the only room that knows its types. One client per Region, made at its first use. The SDK's own retries are
 * off, because ours must know what was tried. `close` ends idle connections.
 */
export class AwsEcsGateway implements EcsGateway {
  readonly #options: AwsEcsGatewayOptions;
  readonly #clients = new Map<string, ECSClient>();

  constructor(options: AwsEcsGatewayOptions) {
    this.#options = options;
  }

  runTask(region: string, request: RunTaskRequest, signal: AbortSignal): Promise<RunTaskAnswer | EcsException> {
    return this.#call(signal, async (abortSignal) => {
      const { tasks = [], failures = [] } = await this.#client(region).send(new RunTaskCommand(inputOf(request)), { abortSignal });
      return {
        kind: 'answered',
        tasks: tasks.map(ecsTaskOf),
        failures: failures.map(({ arn = '', reason = '', detail = '' }) => ({ arn, reason, detail })),
      };
    });
  }

  describeTasks(cluster: ClusterRef, taskArns: readonly string[], signal: AbortSignal): Promise<DescribeTasksAnswer | EcsException> {
    return this.#call(signal, async (abortSignal) => {
      const command = new DescribeTasksCommand({ cluster: cluster.clusterArn, tasks: [...taskArns] });
      const { tasks = [] } = await this.#client(cluster.region).send(command, { abortSignal });
      const known = new Set(tasks.map((task) => task.taskArn));
      return { kind: 'described', tasks: tasks.map(ecsTaskOf), missing: taskArns.filter((arn) => !known.has(arn)) };
    });
  }

  listTasksStartedBy(cluster: ClusterRef, startedBy: string, signal: AbortSignal): Promise<ListTasksAnswer | EcsException> {
    return this.#call(signal, async (abortSignal) => {
      const taskArns: string[] = [];
      for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
        // startedBy is unique to a placement: there is never a second page.
        const command = new ListTasksCommand({ cluster: cluster.clusterArn, startedBy, desiredStatus });
        taskArns.push(...((await this.#client(cluster.region).send(command, { abortSignal })).taskArns ?? []));
      }
      return { kind: 'listed', taskArns };
    });
  }

  stopTask(task: TaskRef, reason: string, signal: AbortSignal): Promise<{ readonly kind: 'stopping' } | EcsException> {
    return this.#call(signal, async (abortSignal) => {
      const command = new StopTaskCommand({ cluster: task.clusterArn, task: task.taskArn, reason });
      await this.#client(task.region).send(command, { abortSignal });
      return { kind: 'stopping' };
    });
  }

  describeTaskDefinition(region: string, name: string, signal: AbortSignal): Promise<TaskDefinitionAnswer | EcsException> {
    return this.#call(signal, async (abortSignal) => {
      const command = new DescribeTaskDefinitionCommand({ taskDefinition: name });
      const { taskDefinition } = await this.#client(region).send(command, { abortSignal });
      const containers = (taskDefinition?.containerDefinitions ?? []).map((container) => container.name ?? '');
      const registeredAt = taskDefinition?.registeredAt?.getTime();
      const logs = logPlaceOf(taskDefinition, region);
      return { kind: 'definition', arn: taskDefinition?.taskDefinitionArn ?? '', registeredAt, containers, ...(logs && { logs }) };
    });
  }

  listTasks(cluster: ClusterRef, from: string | undefined, signal: AbortSignal): Promise<TaskPage | EcsException> {
    return this.#call(signal, async (abortSignal) => {
      const command = new ListTasksCommand({ cluster: cluster.clusterArn, desiredStatus: 'RUNNING', nextToken: from });
      const { taskArns = [], nextToken } = await this.#client(cluster.region).send(command, { abortSignal });
      return { kind: 'page', taskArns, ...(nextToken && { next: nextToken }) };
    });
  }

  describeTagged(cluster: ClusterRef, taskArns: readonly string[], signal: AbortSignal): Promise<TaggedTasksAnswer | EcsException> {
    return this.#call(signal, async (abortSignal) => {
      const command = new DescribeTasksCommand({ cluster: cluster.clusterArn, tasks: [...taskArns], include: ['TAGS'] });
      const { tasks = [] } = await this.#client(cluster.region).send(command, { abortSignal });
      return { kind: 'described', tasks: tasks.map(taggedTaskOf) };
    });
  }

  listFamilies(region: string, of: FamilyPageRequest, signal: AbortSignal): Promise<FamilyPage | EcsException> {
    return this.#call(signal, async (abortSignal) => {
      const command = new ListTaskDefinitionFamiliesCommand({ familyPrefix: of.prefix, status: 'ACTIVE', nextToken: of.from });
      const { families = [], nextToken } = await this.#client(region).send(command, { abortSignal });
      return { kind: 'families', families, ...(nextToken && { next: nextToken }) };
    });
  }

  listRevisions(region: string, family: string, signal: AbortSignal): Promise<RevisionsAnswer | EcsException> {
    return this.#call(signal, async (abortSignal) => {
      // In spite of its name, familyPrefix is the whole name of a family here. Source: ECS API reference, ListTaskDefinitions.
      const command = new ListTaskDefinitionsCommand({ familyPrefix: family, status: 'ACTIVE', sort: 'ASC' });
      return { kind: 'revisions', arns: (await this.#client(region).send(command, { abortSignal })).taskDefinitionArns ?? [] };
    });
  }

  deregister(region: string, taskDefinitionArn: string, signal: AbortSignal): Promise<{ readonly kind: 'deregistered' } | EcsException> {
    return this.#call(signal, async (abortSignal) => {
      await this.#client(region).send(new DeregisterTaskDefinitionCommand({ taskDefinition: taskDefinitionArn }), { abortSignal });
      return { kind: 'deregistered' };
    });
  }

  describeClusters(region: string, names: readonly string[], signal: AbortSignal): Promise<DescribeClustersAnswer | EcsException> {
    return this.#call(signal, async (abortSignal) => {
      const { clusters = [], failures = [] } = await this.#client(region).send(new DescribeClustersCommand({ clusters: [...names] }), {
        abortSignal,
      });
      return {
        kind: 'clusters',
        clusters: clusters.map(({ clusterArn = '', status = '', capacityProviders = [] }) => ({ clusterArn, status, capacityProviders })),
        missing: failures.map((failure) => failure.arn ?? ''),
      };
    });
  }

  /** Ends idle connections. Calls after it open new ones. */
  close(): void {
    for (const client of this.#clients.values()) client.destroy();
    this.#clients.clear();
  }

  async #call<T>(signal: AbortSignal, send: (abortSignal: AbortSignal) => Promise<T>): Promise<T | EcsException> {
    signal.throwIfAborted();
    const { clock, timeoutMs = 10_000 } = this.#options;
    using deadline = deadlineSignal(clock, timeoutMs, signal);
    try {
      return await send(deadline.signal);
    } catch (error) {
      signal.throwIfAborted();
      return ecsExceptionOf(deadline.signal.aborted ? deadline.signal.reason : error);
    }
  }

  #client(region: string): ECSClient {
    const { endpoint, credentials } = this.#options;
    const client =
      this.#clients.get(region) ??
      new ECSClient({ region, maxAttempts: 1, ...(endpoint !== undefined && { endpoint }), ...(credentials && { credentials }) });
    this.#clients.set(region, client);
    return client;
  }
}

/** The SDK wants lists that it may change; what they hold stays word for word. */
function inputOf(request: RunTaskRequest): RunTaskCommandInput {
  const vpc = request.networkConfiguration.awsvpcConfiguration;
  return {
    ...request,
    capacityProviderStrategy: [...request.capacityProviderStrategy],
    networkConfiguration: {
      awsvpcConfiguration: { ...vpc, subnets: [...vpc.subnets], securityGroups: [...vpc.securityGroups] },
    },
    overrides: {
      ...request.overrides,
      containerOverrides: request.overrides.containerOverrides.map(({ environment, command, ...override }) => ({
        ...override,
        ...(environment && { environment: [...environment] }),
        ...(command && { command: [...command] }),
      })),
    },
    tags: [...request.tags],
  };
}
