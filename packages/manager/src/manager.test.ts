import { describe, expect, it } from 'vitest';
import { flowRig } from './flow/flow-rig.test-double.ts';
import { Manager } from './manager.ts';

/** A manager without jobs over a store that has gone away. */
function managerWithoutStore() {
  const { clock, runners, ownership, roster, adoption, polling, tools, told } = flowRig();
  const idle = async () => undefined;
  let isClosed = false;
  const manager = new Manager({
    config: { runners, reaper: { mode: 'off', intervalMs: 60_000 }, timing: { drainMs: 0 } },
    coordinator: {
      [Symbol.asyncDispose]: async () => {
        isClosed = true;
      },
    },
    store: { forget: () => Promise.reject(new Error('the store is away')) },
    ownership,
    roster,
    adoption,
    reaper: { keepLooking: idle },
    polling,
    keys: { keep: idle },
    emit: tools.emit,
  });
  return { manager, clock, told, isClosed: () => isClosed };
}

describe('Manager', () => {
  it('ends in order after SIGQUIT also when the store is away: it has no jobs any more', async () => {
    const { manager, clock, told, isClosed } = managerWithoutStore();
    await manager.start();
    const gone = manager.finish();
    await clock.advance(60_000);
    await gone;
    expect(isClosed()).toBe(true);
    expect(told('store.failed')).toEqual([
      { name: 'store.failed', operation: 'forgetting the heartbeat', cause: 'Error: the store is away' },
    ]);
  });
});
