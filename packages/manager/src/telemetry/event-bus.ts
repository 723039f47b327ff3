import type { EmitEvent, ManagerEvent } from './manager-event.ts';

/** Hears events. Must not wait; what it throws goes to the bus's `onListenerError`. */
export type EventListener = (event: ManagerEvent) => void;

/** Hands every event to every listener, at once and in the order in which they subscribed. */
export class EventBus {
  readonly #listeners = new Set<EventListener>();
  readonly #onListenerError: (error: unknown) => void;

  /** @param onListenerError told when a listener throws; the other listeners and the emitter don't notice */
  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  /** A function, so that it can be handed around without the bus. */
  readonly emit: EmitEvent = (event) => {
    for (const listen of [...this.#listeners]) {
      try {
        listen(event);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  };

  /** Adds a listener; disposing what comes back removes it. */
  subscribe(listen: EventListener): Disposable {
    const own: EventListener = (event) => listen(event);
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => this.#listeners.delete(own) };
  }
}
