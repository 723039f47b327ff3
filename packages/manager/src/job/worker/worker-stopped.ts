import type { TaskStop } from '../../fleet/fleet.ts';
import { stopSentence } from './failure-sentence.ts';
import { WorkerLost } from './worker-link.ts';

/** ECS says that the worker's task stops or has stopped: it will not answer again. */
export class WorkerStopped extends WorkerLost {
  readonly stop: TaskStop;

  constructor(stop: TaskStop) {
    super(`its task stopped: ${stopSentence(stop)}`);
    this.name = 'WorkerStopped';
    this.stop = stop;
  }
}
