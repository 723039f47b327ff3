import { ManualClock } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { MemoryJobStore } from '../store/memory-job-store.test-double.ts';
import type { ManagerEvent } from '../telemetry/manager-event.ts';
import { Ownership } from './ownership.ts';

const STALE_MS = 30_000;

/** A store whose heartbeats fail while `isDown`. */
class ShakyStore extends MemoryJobStore {
  isDown = false;
  beats = 0;

  override async beat(owner: string, state: { readonly released: boolean }): Promise<void> {
    this.beats++;
    if (this.isDown) throw new Error('no space left');
    await super.beat(owner, state);
  }
}

function rig() {
  const clock = new ManualClock();
  const store = new ShakyStore(clock);
  const events: ManagerEvent[] = [];
  const make = (owner: string, on = clock) =>
    new Ownership({ owner, heartbeatMs: 5000, staleMs: STALE_MS }, { clock: on, store, emit: (event) => events.push(event) });
  const us = make('us');
  return {
    clock,
    store,
    events,
    us,
    make,
    look: async (...owners: string[]) => [...us.freeOwners(new Set(owners), await us.heartbeats())],
  };
}

describe('the own heartbeat', () => {
  it('is fresh from the first beat for half the time that makes an owner stale', async () => {
    const { clock, us } = rig();
    expect(us.isFresh).toBe(false);
    await us.beat();
    await clock.advance(STALE_MS / 2 - 1);
    expect(us.isFresh).toBe(true);
    await clock.advance(1);
    expect(us.isFresh).toBe(false);
  });

  it('stays fresh however the wall clock jumps', async () => {
    const { clock, us } = rig();
    clock.jump(-100 * STALE_MS);
    await us.beat();
    expect(us.isFresh).toBe(true);
    clock.jump(200 * STALE_MS);
    expect(us.isFresh).toBe(true);
    await clock.advance(STALE_MS / 2);
    expect(us.isFresh).toBe(false);
  });

  it('is not fresh by a beat that failed, and the failure is told', async () => {
    const { store, us, events } = rig();
    store.isDown = true;
    await us.beat();
    expect(us.isFresh).toBe(false);
    expect(events).toEqual([{ name: 'store.failed', operation: 'heartbeat', cause: 'Error: no space left' }]);
  });

  it('counts from before the write, so that a slow store makes nobody feel younger than others see it', async () => {
    const { clock, store, us } = rig();
    store.beat = () => clock.sleep(STALE_MS / 2);
    const beat = us.beat();
    await clock.advance(STALE_MS / 2);
    await beat;
    expect(us.isFresh).toBe(false);
  });

  it('goes on at its interval through failures, until it is told to end', async () => {
    const { clock, store, us } = rig();
    const end = new AbortController();
    const beating = us.keepBeating(end.signal);
    await clock.advance(4999);
    expect(store.beats).toBe(0);
    await clock.advance(1);
    store.isDown = true;
    await clock.advance(10_000);
    store.isDown = false;
    await clock.advance(5000);
    expect(store.beats).toBe(4);
    expect(us.isFresh).toBe(true);
    end.abort();
    await beating;
    await clock.advance(60_000);
    expect(store.beats).toBe(4);
  });
});

describe('the first heartbeat', () => {
  it('is there, or throws', async () => {
    const { store, us, events } = rig();
    store.isDown = true;
    await expect(us.begin()).rejects.toThrow('no space left');
    expect([us.isFresh, events]).toEqual([false, []]);
    store.isDown = false;
    await us.begin();
    expect([us.isFresh, (await store.owners()).map(({ owner, released }) => [owner, released])]).toEqual([true, [['us', false]]]);
  });
});

describe('the last heartbeat', () => {
  it('is tried until it is there', async () => {
    const { clock, store, us, events } = rig();
    store.isDown = true;
    const released = us.release(new AbortController().signal);
    await clock.advance(1400);
    store.isDown = false;
    await clock.advance(100);
    expect([await released, store.beats, events.length]).toEqual([true, 4, 3]);
    expect((await store.owners()).map(({ owner, released: isReleased }) => [owner, isReleased])).toEqual([['us', true]]);
    expect(events[0]).toEqual({ name: 'store.failed', operation: 'releasing the jobs', cause: 'Error: no space left' });
  });

  it('is given up with the signal, and is tried at least once', async () => {
    const { clock, store, us } = rig();
    store.isDown = true;
    const end = new AbortController();
    const released = us.release(end.signal);
    await clock.advance(700);
    end.abort();
    expect([await released, store.beats, clock.sleeping]).toEqual([false, 2, 0]);
    store.isDown = false;
    expect(await us.release(end.signal)).toBe(true);
  });
});

describe('owners whose jobs are free', () => {
  it('are those that released them, at once', async () => {
    const { store, look } = rig();
    await store.beat('left', { released: true });
    await store.beat('alive', { released: false });
    expect(await look('left', 'alive')).toEqual(['left']);
  });

  it('are those whose heartbeat stands still for the whole time, and not a moment sooner', async () => {
    const { clock, store, look } = rig();
    await store.beat('dead', { released: false });
    expect(await look('dead')).toEqual([]);
    await clock.advance(STALE_MS - 1);
    expect(await look('dead')).toEqual([]);
    await clock.advance(1);
    expect(await look('dead')).toEqual(['dead']);
  });

  it('are those without a heartbeat, after the same time', async () => {
    const { clock, look } = rig();
    expect(await look('gone')).toEqual([]);
    await clock.advance(STALE_MS);
    expect(await look('gone')).toEqual(['gone']);
  });

  it('are not those that beat between two looks, however slowly', async () => {
    const { clock, store, look } = rig();
    for (let n = 0; n < 5; n++) {
      await store.beat('slow', { released: false });
      expect(await look('slow')).toEqual([]);
      await clock.advance(STALE_MS - 1);
      expect(await look('slow')).toEqual([]);
    }
  });

  it('are not known at the first look, however old the heartbeat is', async () => {
    const { clock, store, look } = rig();
    await store.beat('dead', { released: false });
    await clock.advance(100 * STALE_MS);
    expect(await look('dead')).toEqual([]);
  });

  it('are not those that beat while the observer was paused', async () => {
    const { clock, store, look } = rig();
    await store.beat('alive', { released: false });
    await look('alive');
    // The observer sleeps; the other one goes on.
    await store.beat('alive', { released: false });
    await clock.advance(100 * STALE_MS);
    expect(await look('alive')).toEqual([]);
    await clock.advance(STALE_MS);
    expect(await look('alive')).toEqual(['alive']);
  });

  it.each(['before the store looked', 'after the store looked'])(
    'are not those that live while we pause within a read, %s',
    async (when) => {
      const { clock, store, look } = rig();
      const owners = store.owners.bind(store);
      const pause = async () => {
        for (let passed = 0; passed < STALE_MS; passed += 5000) {
          await clock.sleep(5000);
          await store.beat('alive', { released: false });
        }
      };
      const paused = async () => {
        if (when.startsWith('before')) await pause();
        const seen = await owners();
        if (when.startsWith('after')) await pause();
        return seen;
      };
      // A pause before the answer makes the first sighting look old; one after it, the last.
      const reads = when.startsWith('before') ? [paused, owners] : [owners, paused];
      await store.beat('alive', { released: false });
      for (const read of reads) {
        store.owners = read;
        const looking = look('alive');
        await clock.advance(read === paused ? STALE_MS : 0);
        expect(await looking).toEqual([]);
      }
    },
  );

  it('are not found sooner or later because the wall clock jumps', async () => {
    const { clock, store, look } = rig();
    await store.beat('dead', { released: false });
    await look('dead');
    clock.jump(100 * STALE_MS);
    expect(await look('dead')).toEqual([]);
    clock.jump(-200 * STALE_MS);
    await clock.advance(STALE_MS);
    expect(await look('dead')).toEqual(['dead']);
  });

  it('are found by the own clock, whatever the clocks of the others say', async () => {
    const { store, us, make, clock } = rig();
    const ahead = make('ahead', new ManualClock(Date.UTC(2099, 0, 1)));
    const behind = make('behind', new ManualClock(0));
    for (let n = 0; n < 3; n++) {
      await Promise.all([ahead.beat(), behind.beat()]);
      expect(us.freeOwners(new Set(['ahead', 'behind']), await us.heartbeats())).toEqual(new Set());
      await clock.advance(STALE_MS);
    }
    expect((await store.owners()).length).toBe(2);
  });

  it('are counted anew when they beat again', async () => {
    const { clock, store, look } = rig();
    await store.beat('back', { released: false });
    await look('back');
    await clock.advance(STALE_MS);
    expect(await look('back')).toEqual(['back']);
    await store.beat('back', { released: false });
    expect(await look('back')).toEqual([]);
  });

  it('never include ourselves, and nobody who was not asked for', async () => {
    const { store, look } = rig();
    await store.beat('us', { released: true });
    await store.beat('left', { released: true });
    expect(await look('us')).toEqual([]);
  });
});
