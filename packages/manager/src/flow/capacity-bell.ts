import type { EmitEvent, ManagerEvent } from '../telemetry/manager-event.ts';

/**
 * Tells the polling what placements find out: a runner whose placement failed for lack of capacity asks for no more work until one
 * succeeds. It listens to the events on their way, because placing and polling don't know each other.
 */
export class CapacityBell {
  ring: (runner: string, isThere: boolean) => void = () => undefined;

  hear(event: ManagerEvent, pass: EmitEvent): void {
    if (event.name === 'placement.failed' && event.isCapacity) this.ring(event.runner, false);
    if (event.name === 'worker.connected') this.ring(event.runner, true);
    pass(event);
  }
}
