import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { WorkerFaults } from '../worker/worker-faults.ts';
import type { Cluster } from './cluster.ts';
import type { RunTaskRequest } from './run-task-request.ts';
import type { StopCause } from './stop-cause.ts';
import type { Tag } from './tags.ts';
import type { TaskDefinition } from './task-definition.ts';

/** Every state that a task reports as `lastStatus`. */
export type TaskStatus = 'PROVISIONING' | 'PENDING' | 'ACTIVATING' | 'RUNNING' | 'DEACTIVATING' | 'STOPPING' | 'DEPROVISIONING' | 'STOPPED';

/** The moments that a task notes, in milliseconds since the epoch. */
export type TaskMoment = 'pullStartedAt' | 'pullStoppedAt' | 'startedAt' | 'stoppingAt' | 'executionStoppedAt' | 'stoppedAt';

/** What a task is from its first moment on. */
export interface TaskIdentity {
  /** 32 hexadecimal digits, the last part of the ARN. */
  readonly id: string;
  readonly cluster: Cluster;
  readonly definition: TaskDefinition;
  readonly request: RunTaskRequest;
  readonly capacityProvider: string | undefined;
  /** The subnet that ECS picked. */
  readonly subnet: string;
  /** Names of containers that AWS adds; they come first. */
  readonly injectedContainers: readonly string[];
  readonly faults: WorkerFaults;
}

/** One task: what ECS knows of it. It holds no processes and drives nothing; TaskLife does. */
export class Task {
  readonly identity: TaskIdentity;
  readonly arn: string;
  readonly createdAt: number;
  readonly #clock: Clock;
  readonly #moments = new Map<TaskMoment, number>();
  readonly #exitCodes = new Map<string, number>();
  #status: TaskStatus = 'PROVISIONING';
  #address: string | undefined;
  #tags: readonly Tag[];
  #cause: StopCause | undefined;
  #version = 1;

  constructor(identity: TaskIdentity, clock: Clock) {
    this.identity = identity;
    this.#clock = clock;
    this.createdAt = clock.now();
    const { cluster, definition, request } = identity;
    this.arn = `arn:aws:ecs:${cluster.region}:${cluster.account}:task/${cluster.name}/${identity.id}`;
    this.#tags = request.propagatesTags ? merged(definition.tags, request.tags) : request.tags;
  }

  get status(): TaskStatus {
    return this.#status;
  }

  get desiredStatus(): 'RUNNING' | 'STOPPED' {
    return this.#cause ? 'STOPPED' : 'RUNNING';
  }

  /** Counts every change, as ECS does. */
  get version(): number {
    return this.#version;
  }

  /** The address of the network interface, once it is attached. */
  get address(): string | undefined {
    return this.#address;
  }

  get tags(): readonly Tag[] {
    return this.#tags;
  }

  /** Why the task stops or stopped; undefined while it should run. */
  get cause(): StopCause | undefined {
    return this.#cause;
  }

  moment(name: TaskMoment): number | undefined {
    return this.#moments.get(name);
  }

  exitCode(container: string): number | undefined {
    return this.#exitCodes.get(container);
  }

  enter(status: TaskStatus, ...moments: readonly TaskMoment[]): void {
    this.#status = status;
    for (const moment of moments) this.#moments.set(moment, this.#clock.now());
    this.#version++;
  }

  attach(address: string): void {
    this.#address = address;
    this.#version++;
  }

  noteExit(container: string, exitCode: number): void {
    if (this.#exitCodes.has(container)) return;
    this.#exitCodes.set(container, exitCode);
    this.#version++;
  }

  /** Settles that the task stops, and why: the first cause wins. Returns whether this was the first. */
  settle(cause: StopCause): boolean {
    if (this.#cause) return false;
    this.#cause = cause;
    this.#moments.set('stoppingAt', this.#clock.now());
    if (cause.containerExit) this.noteExit(cause.containerExit.container, cause.containerExit.exitCode);
    this.#version++;
    return true;
  }

  /** StopTask removes a task's tags. */
  dropTags(): void {
    this.#tags = [];
    this.#version++;
  }
}

function merged(base: readonly Tag[], wins: readonly Tag[]): readonly Tag[] {
  return [...new Map([...base, ...wins].map((tag) => [tag.key, tag])).values()];
}
