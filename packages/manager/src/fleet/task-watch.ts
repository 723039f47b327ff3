import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { ClusterRef, DescribeTasksAnswer, EcsException, EcsGateway, EcsTask } from './ecs-gateway.ts';

/**
 * What a look at a task gave. `missing`: ECS does not know it, and it is not too young for that. `refused`: ECS has refused to say for as
 * long.
 */
export type Sighting =
  | { readonly kind: 'seen'; readonly task: EcsTask }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly exception: EcsException };

/** What a watch works with. Times are milliseconds. */
export interface TaskWatchTools {
  readonly gateway: EcsGateway;
  readonly clock: Clock;
  /** Hears of every DescribeTasks that went wrong. */
  onTrouble(exception: EcsException): void;
  /** The least time between two calls; 200 when absent, which is 5 calls a second. */
  readonly intervalMs?: number;
}

interface Waiter {
  readonly taskArn: string;
  readonly since: number;
  /** When it wants the next look; the batch takes the earliest first. */
  dueAt: number;
  wasSeen: boolean;
  /** Since when every look has found it missing. */
  missingSince: number | undefined;
  refusedSince: number | undefined;
  /** Says whether that was what it waited for. */
  take(sighting: Sighting): boolean;
  fail(error: unknown): void;
}

const INTERVAL_MS = 200;
const BATCH = 100;
/** A running task is only waited for to stop. */
const RUNNING_INTERVAL_MS = 5000;
/** ECS is eventually consistent: for some seconds after RunTask a task is MISSING, and new rights are refused. */
const PATIENCE_MS = 30_000;
/** For the same reason one look that does not find a task that was there says nothing: another one so long after it has to agree. */
const CONFIRM_MS = 5000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * One DescribeTasks poller for all tasks of a cluster. At most one call per interval, 100 tasks each, those first that have waited longest:
 * with more than 100 starting tasks each is looked at less often, and the number of calls stays the same. A call that is made anyway is filled up
 * with tasks that are not due yet.
 *
 * Life: idle -> polling while anybody waits -> idle. Gotcha: calls never overlap, so a slow ECS is asked less often.
 */
export class TaskWatch {
  readonly #cluster: ClusterRef;
  readonly #tools: TaskWatchTools;
  readonly #waiters = new Set<Waiter>();
  #isPolling = false;
  #nextCallAt = 0;
  #pauseMs = 0;
  /** Aborted to cut a nap short: somebody new waits. */
  #nap = new AbortController();
  /** Aborted when nobody waits any more. */
  #polling = new AbortController();

  constructor(cluster: ClusterRef, tools: TaskWatchTools) {
    this.#cluster = cluster;
    this.#tools = tools;
  }

  /** Looks at the task until `decide` answers something. Rejects with the signal's reason. */
  until<T>(taskArn: string, decide: (sighting: Sighting) => T | undefined, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const now = this.#tools.clock.monotonic();
      const leave = () => {
        signal.removeEventListener('abort', onAbort);
        this.#leave(waiter);
      };
      const fail = (error: unknown) => {
        leave();
        reject(error);
      };
      const onAbort = () => fail(signal.reason);
      const take = (sighting: Sighting) => {
        const answer = decide(sighting);
        if (answer === undefined) return false;
        leave();
        resolve(answer);
        return true;
      };
      const waiter: Waiter = {
        taskArn,
        since: now,
        dueAt: now,
        wasSeen: false,
        missingSince: undefined,
        refusedSince: undefined,
        take,
        fail,
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#join(waiter);
    });
  }

  #join(waiter: Waiter): void {
    this.#waiters.add(waiter);
    this.#nap.abort();
    if (this.#isPolling) return;
    this.#isPolling = true;
    void this.#poll();
  }

  #leave(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    if (this.#waiters.size === 0) this.#polling.abort();
  }

  /** Never rejects: what it can't handle goes to everybody who waits. */
  async #poll(): Promise<void> {
    while (this.#waiters.size > 0) {
      this.#polling = new AbortController();
      const waitMs = Math.max(this.#nextCallAt, this.#earliestDue()) - this.#tools.clock.monotonic();
      if (waitMs > 0) await this.#napFor(waitMs);
      else await this.#look(this.#polling.signal);
    }
    this.#isPolling = false;
  }

  async #napFor(ms: number): Promise<void> {
    this.#nap = new AbortController();
    await this.#tools.clock.sleep(ms, AbortSignal.any([this.#nap.signal, this.#polling.signal])).catch(() => undefined);
  }

  async #look(signal: AbortSignal): Promise<void> {
    const startedAt = this.#tools.clock.monotonic();
    this.#nextCallAt = startedAt + (this.#tools.intervalMs ?? INTERVAL_MS);
    const waiters = [...this.#waiters].sort((a, b) => a.dueAt - b.dueAt);
    const arns = new Set<string>();
    for (const waiter of waiters) if (arns.size < BATCH) arns.add(waiter.taskArn);
    const looked = waiters.filter((waiter) => arns.has(waiter.taskArn));
    try {
      const answer = await this.#tools.gateway.describeTasks(this.#cluster, [...arns], signal);
      if (answer.kind === 'exception') this.#suffer(answer, looked);
      else this.#tell(answer, looked);
    } catch (error) {
      if (signal.aborted) return;
      for (const waiter of looked) waiter.fail(error);
    }
  }

  #tell(answer: DescribeTasksAnswer, looked: readonly Waiter[]): void {
    this.#pauseMs = 0;
    const now = this.#tools.clock.monotonic();
    const tasks = new Map(answer.tasks.map((task) => [task.taskArn, task]));
    for (const waiter of looked) {
      waiter.refusedSince = undefined;
      const task = tasks.get(waiter.taskArn);
      if (task) seen(waiter, { task, now });
      else missed(waiter, now);
    }
  }

  #suffer(exception: EcsException, looked: readonly Waiter[]): void {
    const now = this.#tools.clock.monotonic();
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2));
    this.#nextCallAt = now + this.#pauseMs;
    this.#tools.onTrouble(exception);
    if (exception.certainty !== 'refused') return;
    for (const waiter of looked) {
      waiter.refusedSince ??= now;
      if (now - waiter.refusedSince >= PATIENCE_MS) waiter.take({ kind: 'refused', exception });
    }
  }

  #earliestDue(): number {
    return [...this.#waiters].reduce((earliest, waiter) => Math.min(earliest, waiter.dueAt), Number.POSITIVE_INFINITY);
  }
}

function seen(waiter: Waiter, { task, now }: { readonly task: EcsTask; readonly now: number }): void {
  waiter.wasSeen = true;
  waiter.missingSince = undefined;
  waiter.dueAt = now + (isRunning(task) ? RUNNING_INTERVAL_MS : 0);
  waiter.take({ kind: 'seen', task });
}

function missed(waiter: Waiter, now: number): void {
  waiter.missingSince ??= now;
  const believedAt = waiter.wasSeen ? waiter.missingSince + CONFIRM_MS : waiter.since + PATIENCE_MS;
  waiter.dueAt = waiter.wasSeen ? believedAt : now;
  if (now >= believedAt) waiter.take({ kind: 'missing' });
}

function isRunning(task: EcsTask): boolean {
  return task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING';
}
