import type { LoopbackAddresses } from './loopback-addresses.ts';
import type { OnContainerExit, ProcessHost, TaskPlan, TaskProcesses } from './process-host.ts';

/** A host that runs nothing: tasks only go through their states. For tests and benches of the ECS side. */
export class IdleHost implements ProcessHost {
  readonly #addresses: LoopbackAddresses;

  constructor(addresses: LoopbackAddresses) {
    this.#addresses = addresses;
  }

  nextAddress(): string {
    return this.#addresses.take();
  }

  async start(plan: TaskPlan, onExit: OnContainerExit): Promise<TaskProcesses> {
    return {
      home: undefined,
      terminate: async () => {
        for (const container of plan.containers) onExit(container.name, 143);
      },
      kill: async () => undefined,
      pids: async () => [],
      dropConnections: async () => undefined,
      signalAll: async () => undefined,
    };
  }

  async close(): Promise<void> {}
}
