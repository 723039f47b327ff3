import { describe, expect, it } from 'vitest';
import { EventBus } from './event-bus.ts';
import type { ManagerEvent } from './manager-event.ts';

const started: ManagerEvent = { name: 'manager.started', owner: 'a', runners: ['dev'] };
const released: ManagerEvent = { name: 'manager.released', owner: 'a' };

function silent(): EventBus {
  return new EventBus((error) => {
    throw error;
  });
}

describe('EventBus', () => {
  it('tells every listener everything, in order', () => {
    const bus = silent();
    const heard: string[] = [];
    bus.subscribe(({ name }) => heard.push(`first ${name}`));
    bus.subscribe(({ name }) => heard.push(`second ${name}`));
    const { emit } = bus;
    emit(started);
    emit(released);
    expect(heard).toEqual(['first manager.started', 'second manager.started', 'first manager.released', 'second manager.released']);
  });

  it('is silent to a listener that has left', () => {
    const bus = silent();
    const heard: ManagerEvent[] = [];
    using subscription = bus.subscribe((event) => heard.push(event));
    bus.emit(started);
    subscription[Symbol.dispose]();
    bus.emit(released);
    expect(heard).toEqual([started]);
  });

  it('counts the same function twice as two listeners', () => {
    const bus = silent();
    const heard: ManagerEvent[] = [];
    const listen = (event: ManagerEvent) => heard.push(event);
    bus.subscribe(listen)[Symbol.dispose]();
    bus.subscribe(listen);
    bus.subscribe(listen)[Symbol.dispose]();
    bus.emit(started);
    expect(heard).toHaveLength(1);
  });

  it('lets nobody suffer from a listener that throws', () => {
    const errors: unknown[] = [];
    const bus = new EventBus((error) => errors.push(error));
    const heard: ManagerEvent[] = [];
    const broken = new Error('broken');
    bus.subscribe(() => {
      throw broken;
    });
    bus.subscribe((event) => heard.push(event));
    bus.emit(started);
    expect(heard).toEqual([started]);
    expect(errors).toEqual([broken]);
  });
});
