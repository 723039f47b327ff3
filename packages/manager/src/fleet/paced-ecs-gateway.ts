import { TASK_TAGS } from '@fargate-gitlab-runner/blueprint';
import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import type { ClusterRef, EcsException, EcsGateway, FamilyPageRequest } from './ecs-gateway.ts';
import type { RunTaskRequest, TaskRef } from './fleet.ts';
import { type Rate, RateGate } from './rate-gate.ts';

/**
 * The documented rates of one account and Region: RunTask passes Fargate's own gate and the one for changes of a cluster. Source: Amazon ECS
 * API reference, "Request throttling" (2026).
 */
const RATES = {
  runTask: { perSecond: 20, burst: 20 },
  change: { perSecond: 40, burst: 100 },
  read: { perSecond: 20, burst: 100 },
  definition: { perSecond: 20, burst: 50 },
  registration: { perSecond: 1, burst: 20 },
  cluster: { perSecond: 20, burst: 50 },
} as const satisfies Record<string, Rate>;

type GateName = keyof typeof RATES;

/**
 * A gateway whose callers share one token bucket per API group and Region, so that no job is throttled for another's haste. Runners that
 * start or stop tasks have their turns one after the other.
 */
export class PacedEcsGateway implements EcsGateway {
  readonly #gateway: EcsGateway;
  readonly #tools: { readonly clock: Clock; readonly random: Random };
  readonly #gates = new Map<string, RateGate>();

  constructor(gateway: EcsGateway, tools: { readonly clock: Clock; readonly random: Random }) {
    this.#gateway = gateway;
    this.#tools = tools;
  }

  runTask(region: string, request: RunTaskRequest, signal: AbortSignal) {
    const lane = request.tags.find(({ key }) => key === TASK_TAGS.runner)?.value;
    const gates = [this.#gate(region, 'runTask'), this.#gate(region, 'change')];
    return this.#through({ gates, lane, signal }, () => this.#gateway.runTask(region, request, signal));
  }

  describeTasks(cluster: ClusterRef, taskArns: readonly string[], signal: AbortSignal) {
    return this.#through({ gates: [this.#gate(cluster.region, 'read')], signal }, () =>
      this.#gateway.describeTasks(cluster, taskArns, signal),
    );
  }

  listTasksStartedBy(cluster: ClusterRef, startedBy: string, signal: AbortSignal) {
    const gate = this.#gate(cluster.region, 'read');
    // Two calls: running and stopped.
    return this.#through({ gates: [gate, gate], signal }, () => this.#gateway.listTasksStartedBy(cluster, startedBy, signal));
  }

  stopTask(task: TaskRef, reason: string, signal: AbortSignal) {
    return this.#through({ gates: [this.#gate(task.region, 'change')], lane: task.runner, signal }, () =>
      this.#gateway.stopTask(task, reason, signal),
    );
  }

  describeTaskDefinition(region: string, name: string, signal: AbortSignal) {
    return this.#through({ gates: [this.#gate(region, 'definition')], signal }, () =>
      this.#gateway.describeTaskDefinition(region, name, signal),
    );
  }

  listTasks(cluster: ClusterRef, from: string | undefined, signal: AbortSignal) {
    return this.#through({ gates: [this.#gate(cluster.region, 'read')], signal }, () => this.#gateway.listTasks(cluster, from, signal));
  }

  describeTagged(cluster: ClusterRef, taskArns: readonly string[], signal: AbortSignal) {
    return this.#through({ gates: [this.#gate(cluster.region, 'read')], signal }, () =>
      this.#gateway.describeTagged(cluster, taskArns, signal),
    );
  }

  listFamilies(region: string, of: FamilyPageRequest, signal: AbortSignal) {
    return this.#through({ gates: [this.#gate(region, 'definition')], signal }, () => this.#gateway.listFamilies(region, of, signal));
  }

  listRevisions(region: string, family: string, signal: AbortSignal) {
    return this.#through({ gates: [this.#gate(region, 'definition')], signal }, () => this.#gateway.listRevisions(region, family, signal));
  }

  deregister(region: string, taskDefinitionArn: string, signal: AbortSignal) {
    return this.#through({ gates: [this.#gate(region, 'registration')], signal }, () =>
      this.#gateway.deregister(region, taskDefinitionArn, signal),
    );
  }

  describeClusters(region: string, clusters: readonly string[], signal: AbortSignal) {
    return this.#through({ gates: [this.#gate(region, 'cluster')], signal }, () =>
      this.#gateway.describeClusters(region, clusters, signal),
    );
  }

  async #through<T extends { readonly kind: string }>(
    { gates, lane, signal }: { readonly gates: readonly RateGate[]; readonly lane?: string | undefined; readonly signal: AbortSignal },
    call: () => Promise<T | EcsException>,
  ): Promise<T | EcsException> {
    for (const gate of gates) await gate.enter(signal, lane);
    const answer = await call();
    // The first gate is the narrowest; the others serve other calls too and will notice by themselves.
    if (isThrottled(answer)) gates[0]?.backOff();
    else for (const gate of gates) gate.settle();
    return answer;
  }

  #gate(region: string, name: GateName): RateGate {
    const key = `${name} ${region}`;
    const gate = this.#gates.get(key) ?? new RateGate(RATES[name], this.#tools);
    this.#gates.set(key, gate);
    return gate;
  }
}

function isThrottled(answer: { readonly kind: string }): boolean {
  return answer.kind === 'exception' && 'certainty' in answer && answer.certainty === 'throttled';
}
