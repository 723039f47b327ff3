import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Slot, Slots } from './slots.ts';

const patience = () => new AbortController().signal;

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('Slots', () => {
  it('gives no more than the common limit, whoever asks', () => {
    const slots = new Slots(2, new Map());
    expect([slots.tryTake('a'), slots.tryTake('b'), slots.tryTake('c')].map(Boolean)).toEqual([true, true, false]);
    expect([slots.held(), slots.held('a'), slots.held('c'), slots.free('c')]).toEqual([2, 1, 0, 0]);
  });

  it('gives a name no more than its own limit', () => {
    const slots = new Slots(5, new Map([['a', 1]]));
    expect([slots.tryTake('a'), slots.tryTake('a'), slots.tryTake('b')].map(Boolean)).toEqual([true, false, true]);
  });

  it('counts a slot that is given back twice once', () => {
    const slots = new Slots(2, new Map());
    const slot = slots.force('a');
    slots.force('a');
    slot.release();
    slot.release();
    expect(slots.held()).toBe(1);
  });

  it('seats by force beyond the limits, and then gives nothing until the surplus is gone', () => {
    const slots = new Slots(1, new Map());
    const seats = [slots.force('a'), slots.force('a')];
    expect([slots.held(), slots.free('a')]).toEqual([2, 0]);
    seats[0]?.release();
    expect(slots.tryTake('a')).toBeUndefined();
    seats[1]?.release();
    expect(slots.tryTake('a')).toBeDefined();
  });

  it('never goes above a limit except by force, whatever is taken, forced and given back', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const act = fc.oneof(
      fc.record({ kind: fc.constant('take' as const), name }),
      fc.record({ kind: fc.constant('force' as const), name }),
      fc.record({ kind: fc.constant('release' as const), which: fc.nat({ max: 20 }) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 }), fc.array(act, { maxLength: 60 }), (all, ofA, acts) => {
        const slots = new Slots(all, new Map([['a', ofA]]));
        const held: { readonly name: string; readonly slot: Slot }[] = [];
        const count = (of: string) => held.filter((seat) => seat.name === of).length;
        for (const step of acts) {
          if (step.kind === 'release') held.splice(step.which, 1)[0]?.slot.release();
          else if (step.kind === 'force') held.push({ name: step.name, slot: slots.force(step.name) });
          else {
            const hasRoom = held.length < all && count(step.name) < (step.name === 'a' ? ofA : all);
            const slot = slots.tryTake(step.name);
            expect(slot !== undefined).toBe(hasRoom);
            if (slot) held.push({ name: step.name, slot });
          }
          expect(slots.held()).toBe(held.length);
          for (const of of ['a', 'b', 'c']) {
            expect(slots.held(of)).toBe(count(of));
            expect(slots.free(of)).toBe(Math.max(0, Math.min(all - held.length, (of === 'a' ? ofA : all) - count(of))));
          }
        }
      }),
    );
  });

  it('wakes everybody who waits for a slot at the next release', async () => {
    const slots = new Slots(1, new Map());
    const slot = slots.force('a');
    let woken = 0;
    const waits = [slots.released(patience()), slots.released(patience())].map((wait) => wait.then(() => woken++));
    await settled();
    expect(woken).toBe(0);
    slot.release();
    await Promise.all(waits);
    expect(woken).toBe(2);
  });

  it('is idle when the last slot is given back, not before', async () => {
    const slots = new Slots(2, new Map());
    const seats = [slots.force('a'), slots.force('b')];
    let isIdle = false;
    const wait = slots.idle(patience()).then(() => {
      isIdle = true;
    });
    seats[0]?.release();
    await settled();
    expect(isIdle).toBe(false);
    seats[1]?.release();
    await wait;
    await slots.idle(patience());
  });

  it.each(['released', 'idle'] as const)('stops waiting for %s when the signal aborts, before or during the wait', async (what) => {
    const slots = new Slots(1, new Map());
    const slot = slots.force('a');
    const abort = new AbortController();
    const wait = slots[what](abort.signal);
    abort.abort(new Error('enough'));
    await expect(wait).rejects.toThrow('enough');
    await expect(slots[what](abort.signal)).rejects.toThrow('enough');
    slot.release();
  });
});
