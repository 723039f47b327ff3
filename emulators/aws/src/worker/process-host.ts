import type { WorkerFaults } from './worker-faults.ts';

/** How a container's main process ended: its exit code, or 128 + the signal's number. */
export type OnContainerExit = (container: string, exitCode: number) => void;

/** One container to run as a local process. */
export interface ContainerPlan {
  readonly name: string;
  /** `worker`: the one that is reached by SSH; `command`: its argv is run; `idle`: nothing is run for it. */
  readonly kind: 'worker' | 'command' | 'idle';
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  /** What must have happened to other containers before this one starts. */
  readonly dependsOn: readonly ContainerDependency[];
}

/** START: it was started; COMPLETE: it has ended; SUCCESS: it has ended with 0. */
export interface ContainerDependency {
  readonly container: string;
  readonly condition: 'START' | 'COMPLETE' | 'SUCCESS';
}

/** What a process host needs to know to start one task. */
export interface TaskPlan {
  readonly taskId: string;
  /** The loopback address that the task's SSH server listens on. */
  readonly address: string;
  readonly containers: readonly ContainerPlan[];
  readonly faults: WorkerFaults;
}

/** The processes of one running task. */
export interface TaskProcesses {
  /** The worker's HOME on this machine; with a small disk, a folder only the worker sees. Undefined where no worker runs. */
  readonly home: string | undefined;
  /** Sends SIGTERM to the main process of every container, as a stopping task does first. */
  terminate(): Promise<void>;
  /** Kills whatever is left of the task, detached children included, and removes its files. Resolves when nothing is left. */
  kill(): Promise<void>;
  /** Every process of the task at this moment. */
  pids(): Promise<readonly number[]>;
  /** Cuts all SSH connections of the worker; what they started goes on. */
  dropConnections(): Promise<void>;
  /** Freezes or thaws every process of the task. */
  signalAll(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void>;
}

/** Where tasks run: the port between ECS's states and this machine's processes. */
export interface ProcessHost {
  /** An address for a new task; never given twice. */
  nextAddress(): string;
  /** Starts a task's containers. Rejects when that is not possible. */
  start(plan: TaskPlan, onExit: OnContainerExit): Promise<TaskProcesses>;
  /** Leaves nothing behind. */
  close(): Promise<void>;
}
