import { type Clock, deadlineSignal, type Random, retrying, unreachable } from '@fargate-gitlab-runner/kernel';
import { classify, classifyConnect, classifyException, classifyFailure } from './classification.ts';
import type { ClusterRef, EcsException, EcsGateway, RunTaskAnswer } from './ecs-gateway.ts';
import type { AddressOutcome, Fleet, PlacementFailure, PlacementRequest, PlaceOutcome, TaskRef, TaskStop } from './fleet.ts';
import { missingTaskStop, taskStopOf, unwatchableTaskStop } from './task-stop.ts';
import { type Sighting, TaskWatch } from './task-watch.ts';

/** A call of ECS that went wrong and is being dealt with: for logs and metrics. */
export interface FleetTrouble {
  readonly api: 'RunTask' | 'DescribeTasks' | 'ListTasks' | 'StopTask';
  readonly exception: EcsException;
}

/** What the fleet works with. */
export interface EcsFleetTools {
  /** Paced: see PacedEcsGateway. */
  readonly gateway: EcsGateway;
  readonly clock: Clock;
  readonly random: Random;
  onTrouble?(trouble: FleetTrouble): void;
  /** The least time between two DescribeTasks calls for one cluster, in milliseconds; 200 when absent. */
  readonly describeIntervalMs?: number;
}

/** The signal is the limit. Throttled calls have waited at their gate already. */
const PATIENCE = { attempts: Number.POSITIVE_INFINITY, firstDelayMs: 500, maxDelayMs: 20_000, factor: 2, jitter: 'full' } as const;
const LONGEST_REASON = 255;
/** Whoever looks for a stop has something to say meanwhile: an ECS that throttles must not hold it back for long. */
const LOOK_MS = 5000;

/**
 * Workers as Fargate tasks. RunTask is sent again with the same client token until ECS has said for sure what became of it, so that a
 * placement never starts two tasks; all jobs share the pace of the calls and one poller per cluster.
 */
export class EcsFleet implements Fleet {
  readonly #tools: EcsFleetTools;
  readonly #gateway: EcsGateway;
  readonly #watches = new Map<string, TaskWatch>();

  constructor(tools: EcsFleetTools) {
    this.#tools = tools;
    this.#gateway = tools.gateway;
  }

  async place(placement: PlacementRequest, options: { readonly mayExist: boolean }, signal: AbortSignal): Promise<PlaceOutcome> {
    if (options.mayExist) {
      const found = await this.#look(placement, signal);
      if (found.kind === 'exception') return { kind: 'failed', failure: classifyException(found) };
      if (found.task) return { kind: 'placed', task: found.task, adopted: true };
    }
    let isUnclear = options.mayExist;
    const answer = await this.#definite('RunTask', signal, async () => {
      const one = await this.#gateway.runTask(placement.region, placement.runTask, signal);
      isUnclear ||= one.kind === 'exception' && one.certainty === 'unclear';
      return one;
    });
    const outcome = outcomeOf(placement, answer);
    if (outcome.kind === 'placed' || !isUnclear) return outcome;
    // The request that got no answer may have started the task for all that: a refusal of the same request again says nothing of it.
    const task = await this.find(placement, signal);
    return task ? { kind: 'placed', task, adopted: true } : outcome;
  }

  find(placement: PlacementRequest, signal: AbortSignal): Promise<TaskRef | undefined> {
    return retrying(
      async () => {
        const found = await this.#look(placement, signal);
        return found.kind === 'exception' ? { kind: 'again', value: undefined } : { kind: 'done', value: found.task };
      },
      PATIENCE,
      { ...this.#tools, signal },
    );
  }

  awaitAddress(task: TaskRef, signal: AbortSignal): Promise<AddressOutcome> {
    return this.#watch(task).until(task.taskArn, addressOutcomeOf, signal);
  }

  awaitStopped(task: TaskRef, signal: AbortSignal): Promise<TaskStop> {
    return this.#watch(task).until(task.taskArn, stopOf, signal);
  }

  async lookForStop(task: TaskRef, signal: AbortSignal): Promise<TaskStop | undefined> {
    using limit = deadlineSignal(this.#tools.clock, LOOK_MS, signal);
    const look = this.#watch(task).until(task.taskArn, (sighting) => ({ stop: stopOf(sighting) }), limit.signal);
    const seen = await look.catch((error: unknown) => {
      if (!limit.signal.aborted || signal.aborted) throw error;
      return undefined;
    });
    return seen?.stop;
  }

  judgeConnect(outcome: { readonly kind: string; readonly cause: string }): PlacementFailure {
    return classifyConnect(outcome);
  }

  async stop(task: TaskRef, reason: string, signal: AbortSignal): Promise<{ kind: 'stopped' } | { kind: 'failed'; cause: string }> {
    const answer = await this.#definite('StopTask', signal, () => this.#gateway.stopTask(task, reason.slice(0, LONGEST_REASON), signal));
    if (answer.kind === 'stopping') return { kind: 'stopped' };
    // StopTask takes the tags away, and the role may stop only tagged tasks: a second StopTask is refused. So look.
    const sighting = await this.#watch(task).until(task.taskArn, (one) => one, signal);
    const isOver = sighting.kind === 'missing' || (sighting.kind === 'seen' && sighting.task.desiredStatus === 'STOPPED');
    return isOver ? { kind: 'stopped' } : { kind: 'failed', cause: classifyException(answer).cause };
  }

  async #look(placement: PlacementRequest, signal: AbortSignal) {
    const answer = await this.#definite('ListTasks', signal, () =>
      this.#gateway.listTasksStartedBy(clusterOf(placement), placement.runTask.startedBy, signal),
    );
    return answer.kind === 'listed' ? { kind: 'looked' as const, task: taskOf(placement, answer.taskArns) } : answer;
  }

  /** Calls until the answer says for sure what happened; only the signal ends it earlier. */
  #definite<T extends { readonly kind: string }>(
    api: FleetTrouble['api'],
    signal: AbortSignal,
    call: () => Promise<T | EcsException>,
  ): Promise<T | EcsException> {
    return retrying<T | EcsException>(
      async () => {
        const value = await call();
        if (!isException(value)) return { kind: 'done', value };
        this.#tools.onTrouble?.({ api, exception: value });
        if (value.certainty === 'refused') return { kind: 'done', value };
        return value.certainty === 'throttled' ? { kind: 'again', value, afterMs: 0 } : { kind: 'again', value };
      },
      PATIENCE,
      { ...this.#tools, signal },
    );
  }

  #watch(cluster: ClusterRef): TaskWatch {
    const { clock, describeIntervalMs: intervalMs, onTrouble } = this.#tools;
    const key = `${cluster.region} ${cluster.clusterArn}`;
    const watch =
      this.#watches.get(key) ??
      new TaskWatch(cluster, {
        gateway: this.#gateway,
        clock,
        onTrouble: (exception) => onTrouble?.({ api: 'DescribeTasks', exception }),
        ...(intervalMs !== undefined && { intervalMs }),
      });
    this.#watches.set(key, watch);
    return watch;
  }
}

function outcomeOf(placement: PlacementRequest, answer: RunTaskAnswer | EcsException): PlaceOutcome {
  if (answer.kind === 'exception') {
    const adopted = taskOf(placement, answer.resourceIds);
    return adopted ? { kind: 'placed', task: adopted, adopted: true } : { kind: 'failed', failure: classifyException(answer) };
  }
  const task = taskOf(
    placement,
    answer.tasks.map((one) => one.taskArn),
  );
  if (task) return { kind: 'placed', task, adopted: false };
  const [failure] = answer.failures;
  return { kind: 'failed', failure: failure ? classifyFailure(failure) : classify('failure', 'EMPTY') };
}

function addressOutcomeOf(sighting: Sighting): AddressOutcome | undefined {
  if (sighting.kind === 'refused') return { kind: 'stopped', stop: unwatchableTaskStop(sighting.exception) };
  const stop = stopOf(sighting);
  if (stop) return { kind: 'stopped', stop };
  const host = sighting.kind === 'seen' ? sighting.task.address : undefined;
  return host === undefined ? undefined : { kind: 'address', host };
}

/** A task that we may not look at is not known to have stopped. */
function stopOf(sighting: Sighting): TaskStop | undefined {
  switch (sighting.kind) {
    case 'seen':
      return taskStopOf(sighting.task);
    case 'missing':
      return missingTaskStop();
    case 'refused':
      return undefined;
    default:
      return unreachable(sighting);
  }
}

function clusterOf(placement: PlacementRequest): ClusterRef {
  return { region: placement.region, clusterArn: placement.runTask.cluster };
}

function taskOf(placement: PlacementRequest, taskArns: readonly string[]): TaskRef | undefined {
  const [taskArn] = taskArns;
  return taskArn === undefined || taskArn === '' ? undefined : { ...clusterOf(placement), taskArn };
}

function isException(answer: { readonly kind: string }): answer is EcsException {
  return answer.kind === 'exception';
}
