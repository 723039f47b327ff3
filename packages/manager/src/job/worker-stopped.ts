import type { TaskStop } from '../fleet/fleet.ts';
import { WorkerLost } from './worker-link.ts';

/** ECS says that the worker's task stops or has stopped: it will not answer again. */
export class WorkerStopped extends WorkerLost {
  readonly stop: TaskStop;

  constructor(stop: TaskStop) {
    super(`its task stopped: ${stop.stoppedReason || stop.stopCode}. ${stop.failure.cure}`);
    this.name = 'WorkerStopped';
    this.stop = stop;
  }
}
