import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { ClusterRef, EcsException, EcsGateway, EcsTask, FamilyPageRequest, TaggedTask } from './ecs-gateway.ts';
import type { RunTaskRequest, TaskRef } from './fleet.ts';

/** One call that the double got. `at` is monotonic time. */
export interface GatewayCall {
  readonly api: keyof EcsGateway;
  readonly at: number;
  readonly of: readonly string[];
}

interface ReceivedCall {
  readonly api: keyof EcsGateway;
  readonly of: readonly string[];
  readonly signal: AbortSignal;
}

/** What goes wrong with a call. `takesEffect`: it does its work all the same. */
export interface ScriptedTrouble {
  readonly exception: EcsException;
  readonly takesEffect?: boolean;
}

/** Small, so that a few tasks have pages. */
const SCRIPTED_PAGE = 2;

/** An ECS in memory, for tests: tasks are plain data that the test changes, and the next calls can be told to go wrong. */
export class ScriptedEcsGateway implements EcsGateway {
  readonly calls: GatewayCall[] = [];
  readonly tasks = new Map<string, EcsTask>();
  readonly definitions = new Map<string, readonly string[]>();
  /** What the reaper sees of tasks, by ARN. A stop takes the tags away. */
  readonly tagged = new Map<string, TaggedTask>();
  /** Revisions: ARN to when it was registered. */
  readonly revisions = new Map<string, number>();
  readonly #clock: Clock;
  readonly #troubles = new Map<keyof EcsGateway, ScriptedTrouble[]>();
  readonly #started = new Map<string, { readonly taskArn: string; readonly startedBy: string }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Lets the next call of `api` go wrong, after those ordered before. */
  trouble(api: keyof EcsGateway, trouble: ScriptedTrouble): void {
    this.#troubles.set(api, [...(this.#troubles.get(api) ?? []), trouble]);
  }

  /** Adds or changes a task. */
  put(taskArn: string, changes: Partial<EcsTask> = {}): void {
    this.tasks.set(taskArn, { ...(this.tasks.get(taskArn) ?? freshTask(taskArn)), ...changes });
  }

  callsOf(api: keyof EcsGateway): GatewayCall[] {
    return this.calls.filter((call) => call.api === api);
  }

  runTask(_region: string, request: RunTaskRequest, signal: AbortSignal) {
    return this.#answer({ api: 'runTask', of: [request.clientToken], signal }, () => {
      const earlier = this.#started.get(request.clientToken);
      const taskArn = earlier?.taskArn ?? `task-${this.#started.size + 1}`;
      this.#started.set(request.clientToken, { taskArn, startedBy: request.startedBy });
      if (!earlier) this.put(taskArn);
      return { kind: 'answered' as const, tasks: [this.tasks.get(taskArn) ?? freshTask(taskArn)], failures: [] };
    });
  }

  describeTasks(_cluster: ClusterRef, taskArns: readonly string[], signal: AbortSignal) {
    return this.#answer({ api: 'describeTasks', of: taskArns, signal }, () => ({
      kind: 'described' as const,
      tasks: taskArns.flatMap((arn) => this.tasks.get(arn) ?? []),
      missing: taskArns.filter((arn) => !this.tasks.has(arn)),
    }));
  }

  listTasksStartedBy(_cluster: ClusterRef, startedBy: string, signal: AbortSignal) {
    return this.#answer({ api: 'listTasksStartedBy', of: [startedBy], signal }, () => ({
      kind: 'listed' as const,
      taskArns: [...this.#started.values()].filter((task) => task.startedBy === startedBy).map((task) => task.taskArn),
    }));
  }

  stopTask(task: TaskRef, reason: string, signal: AbortSignal) {
    return this.#answer({ api: 'stopTask', of: [task.taskArn, reason], signal }, () => {
      const tagged = this.tagged.get(task.taskArn);
      if (!tagged && !this.tasks.has(task.taskArn)) return refused('InvalidParameterException', 'The referenced task was not found.');
      if (tagged) this.tagged.set(task.taskArn, { ...tagged, desiredStatus: 'STOPPED', tags: new Map() });
      this.put(task.taskArn, { desiredStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: reason });
      return { kind: 'stopping' as const };
    });
  }

  describeTaskDefinition(_region: string, name: string, signal: AbortSignal) {
    return this.#answer({ api: 'describeTaskDefinition', of: [name], signal }, () => {
      const containers = this.definitions.get(name);
      if (!containers) return refused('ClientException', 'Unable to describe task definition.');
      return { kind: 'definition' as const, arn: `arn:${name}:1`, registeredAt: this.revisions.get(name), containers };
    });
  }

  listTasks(_cluster: ClusterRef, from: string | undefined, signal: AbortSignal) {
    return this.#answer({ api: 'listTasks', of: from === undefined ? [] : [from], signal }, () => {
      const running = [...this.tagged.values()].filter((task) => task.desiredStatus === 'RUNNING').map((task) => task.taskArn);
      const at = Number(from ?? 0);
      const next = at + SCRIPTED_PAGE < running.length ? { next: String(at + SCRIPTED_PAGE) } : {};
      return { kind: 'page' as const, taskArns: running.slice(at, at + SCRIPTED_PAGE), ...next };
    });
  }

  describeTagged(_cluster: ClusterRef, taskArns: readonly string[], signal: AbortSignal) {
    return this.#answer({ api: 'describeTagged', of: taskArns, signal }, () => ({
      kind: 'described' as const,
      tasks: taskArns.flatMap((arn) => this.tagged.get(arn) ?? []),
    }));
  }

  listFamilies(_region: string, of: FamilyPageRequest, signal: AbortSignal) {
    return this.#answer({ api: 'listFamilies', of: [of.prefix], signal }, () => {
      const families = [...this.revisions.keys()].map((arn) => arn.split(':')[0] ?? '');
      return { kind: 'families' as const, families: [...new Set(families)].filter((family) => family.startsWith(of.prefix)) };
    });
  }

  listRevisions(_region: string, family: string, signal: AbortSignal) {
    return this.#answer({ api: 'listRevisions', of: [family], signal }, () => ({
      kind: 'revisions' as const,
      arns: [...this.revisions.keys()].filter((arn) => arn.startsWith(`${family}:`)),
    }));
  }

  deregister(_region: string, taskDefinitionArn: string, signal: AbortSignal) {
    return this.#answer({ api: 'deregister', of: [taskDefinitionArn], signal }, () => {
      this.revisions.delete(taskDefinitionArn);
      return { kind: 'deregistered' as const };
    });
  }

  describeClusters(_region: string, clusters: readonly string[], signal: AbortSignal) {
    return this.#answer({ api: 'describeClusters', of: clusters, signal }, () => ({
      kind: 'clusters' as const,
      clusters: clusters.map((clusterArn) => ({ clusterArn, status: 'ACTIVE', capacityProviders: ['FARGATE'] })),
      missing: [],
    }));
  }

  async #answer<T>(call: ReceivedCall, right: () => T): Promise<T | EcsException> {
    const { api, of, signal } = call;
    signal.throwIfAborted();
    this.calls.push({ api, at: this.#clock.monotonic(), of });
    const trouble = this.#troubles.get(api)?.shift();
    if (!trouble) return right();
    if (trouble.takesEffect) right();
    return trouble.exception;
  }
}

/** An exception that says that the call did not happen. */
export function refused(type: string, message: string, resourceIds: readonly string[] = []): EcsException {
  return { kind: 'exception', type, message, certainty: 'refused', resourceIds };
}

/** An exception that leaves open whether the call happened. */
export const unclear: EcsException = {
  kind: 'exception',
  type: 'ECONNRESET',
  message: 'socket hang up',
  certainty: 'unclear',
  resourceIds: [],
};

/** ECS's answer to callers that are too fast. */
export const throttled: EcsException = {
  kind: 'exception',
  type: 'ThrottlingException',
  message: 'Rate exceeded',
  certainty: 'throttled',
  resourceIds: [],
};

function freshTask(taskArn: string): EcsTask {
  return {
    taskArn,
    clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    stopCode: '',
    stoppedReason: '',
    hasStarted: false,
    containers: [],
  };
}
