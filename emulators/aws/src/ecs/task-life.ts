import { WORKER_CONTAINER, WORKER_ENV } from '@fargate-gitlab-runner/blueprint';
import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { ContainerPlan, ProcessHost, TaskPlan, TaskProcesses } from '../worker/process-host.ts';
import { essentialExit, type StopCause } from './stop-cause.ts';
import type { Task } from './task.ts';
import type { TaskTiming } from './task-timing.ts';

/** What drives a task. */
export interface LifeTools {
  readonly clock: Clock;
  readonly timing: TaskTiming;
  readonly host: ProcessHost;
  /** The emulator ends: nothing is waited for any more. */
  readonly closing: AbortSignal;
}

/**
 * Drives one task through its states.
 *
 * Life: PROVISIONING -> PENDING -> ACTIVATING -> RUNNING -> DEACTIVATING -> STOPPING -> DEPROVISIONING -> STOPPED. A task that
 * is stopped before RUNNING goes to DEPROVISIONING at once. Spot sends SIGTERM with its warning: the task is to stop and still RUNNING until
 * its containers have exited, or their time is up. Gotchas: `stop` may come in any state, any number of times, and the
 * first cause wins; SSH answers some time after RUNNING, as on Fargate.
 */
export class TaskLife {
  readonly task: Task;
  /** Resolves when the task is STOPPED and nothing of it is left. */
  readonly over: Promise<void>;
  readonly #tools: LifeTools;
  readonly #stopping = new AbortController();
  readonly #allExited = new AbortController();
  #processes: TaskProcesses | undefined;

  constructor(task: Task, tools: LifeTools) {
    this.task = task;
    this.#tools = tools;
    this.over = this.#live();
  }

  /** The task's processes, while there are any. */
  get processes(): TaskProcesses | undefined {
    return this.#processes;
  }

  stop(cause: StopCause): void {
    if (this.task.settle(cause)) this.#stopping.abort();
  }

  async #live(): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.#stopping.signal.addEventListener('abort', () => resolve(), { once: true }));
    await null;
    try {
      await this.#start();
    } catch (cause) {
      this.stop({
        stopCode: 'TaskFailedToStart',
        reason: `CannotStartContainerError: ${cause instanceof Error ? cause.message : String(cause)}`,
      });
    }
    await stopped;
    await this.#end();
  }

  async #start(): Promise<void> {
    const { timing, host } = this.#tools;
    await this.#stay(timing.provisioningMs);
    const address = host.nextAddress();
    this.task.attach(address);
    this.task.enter('PENDING');
    await this.#stay(timing.pendingMs);
    this.task.enter('ACTIVATING', 'pullStartedAt');
    await this.#stay(timing.activatingMs);
    const failure = this.task.identity.faults.failsToStart;
    if (failure !== undefined) return this.stop({ stopCode: 'TaskFailedToStart', reason: failure });
    this.#processes = await host.start(planOf(this.task, address), (container, exitCode) => this.#onExit(container, exitCode));
    if (!this.#stopping.signal.aborted) this.task.enter('RUNNING', 'pullStoppedAt', 'startedAt');
  }

  #onExit(container: string, exitCode: number): void {
    this.task.noteExit(container, exitCode);
    if (this.task.identity.definition.containers.every((one) => this.task.exitCode(one.name) !== undefined)) this.#allExited.abort();
    const isEssential = this.task.identity.definition.containers.find((one) => one.name === container)?.essential ?? false;
    if (isEssential) this.stop(essentialExit(container, exitCode));
  }

  async #end(): Promise<void> {
    const { timing } = this.#tools;
    const processes = this.#processes;
    if (processes) {
      const isWarned = this.task.cause?.stopCode === 'SpotInterruption';
      if (isWarned) await this.#askToExit(processes);
      this.task.enter('DEACTIVATING');
      await this.#pause(timing.deactivatingMs);
      this.task.enter('STOPPING');
      if (!isWarned) await this.#askToExit(processes);
      await processes.kill();
      this.#noteKilled();
      this.#processes = undefined;
    }
    this.task.enter('DEPROVISIONING', 'executionStoppedAt');
    await this.#pause(timing.deprovisioningMs);
    this.task.enter('STOPPED', 'stoppedAt');
  }

  async #askToExit(processes: TaskProcesses): Promise<void> {
    await processes.terminate();
    await this.#pause(this.#tools.timing.stopGraceMs, this.#allExited.signal);
  }

  #noteKilled(): void {
    for (const container of this.task.identity.definition.containers) this.task.noteExit(container.name, 137);
  }

  /** Waits, but not longer than until the signal. */
  async #pause(ms: number, until?: AbortSignal): Promise<void> {
    const { clock, closing } = this.#tools;
    const enough = until ? AbortSignal.any([until, closing]) : closing;
    if (ms <= 0 || enough.aborted) return;
    await clock.sleep(ms, enough).catch((reason: unknown) => {
      if (!enough.aborted) throw reason;
    });
  }

  async #stay(ms: number): Promise<void> {
    if (ms > 0) await this.#tools.clock.sleep(ms, this.#stopping.signal);
    this.#stopping.signal.throwIfAborted();
  }
}

function planOf(task: Task, address: string): TaskPlan {
  const { id, definition, request, faults } = task.identity;
  const containers = definition.containers.map((container): ContainerPlan => {
    const override = request.containerOverrides.find((one) => one.name === container.name);
    const command = override?.command ?? container.command;
    const environment = new Map([...container.environment, ...(override?.environment ?? [])]);
    const isWorker = container.name === WORKER_CONTAINER;
    if (isWorker && faults.wrongNonce !== undefined) environment.set(WORKER_ENV.nonce, faults.wrongNonce);
    return {
      name: container.name,
      kind: isWorker ? 'worker' : command.length > 0 ? 'command' : 'idle',
      image: container.image,
      command,
      environment,
      dependsOn: container.dependsOn,
    };
  });
  return { taskId: id, address, containers, faults };
}
