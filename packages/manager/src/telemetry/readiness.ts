import type { EventListener } from './event-bus.ts';

/** Where a manager is in its life. Only a serving one asks for jobs. */
export type Readiness = 'starting' | 'serving' | 'leaving';

/** Follows the manager's own events from start to farewell. */
export class ReadinessWatch {
  #now: Readiness = 'starting';

  get now(): Readiness {
    return this.#now;
  }

  /** To be subscribed to the bus. */
  readonly listen: EventListener = ({ name }) => {
    if (name === 'manager.started' && this.#now === 'starting') this.#now = 'serving';
    if (name === 'manager.draining' || name === 'manager.released') this.#now = 'leaving';
  };
}
