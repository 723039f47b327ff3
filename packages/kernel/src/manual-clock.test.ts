import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ManualClock } from './manual-clock.ts';

describe('ManualClock', () => {
  it('stands still until it is moved', async () => {
    const clock = new ManualClock(5000);
    expect([clock.now(), clock.monotonic()]).toEqual([5000, 5000]);
    await clock.advance(250);
    expect([clock.now(), clock.monotonic()]).toEqual([5250, 5250]);
  });

  it('lets the wall clock jump, unnoticed by sleepers and by the time that never goes back', async () => {
    const clock = new ManualClock(5000);
    let isAwake = false;
    const sleep = clock.sleep(100).then(() => {
      isAwake = true;
    });
    clock.jump(-1000);
    clock.jump(3000);
    await clock.advance(99);
    expect([clock.now(), clock.monotonic(), isAwake]).toEqual([7099, 5099, false]);
    await clock.advance(1);
    await sleep;
  });

  it('wakes sleepers in the order of their due time, each at its own time', async () => {
    const clock = new ManualClock(0);
    const woken: string[] = [];
    const sleepers = [30, 10, 20].map((ms) => clock.sleep(ms).then(() => woken.push(`${ms} at ${clock.now()}`)));
    await clock.advance(25);
    expect(woken).toEqual(['10 at 10', '20 at 20']);
    expect(clock.sleeping).toBe(1);
    await clock.advance(5);
    await Promise.all(sleepers);
    expect(woken).toEqual(['10 at 10', '20 at 20', '30 at 30']);
  });

  it('wakes those who fall asleep again on the way', async () => {
    const clock = new ManualClock(0);
    const ticks: number[] = [];
    const ticking = (async () => {
      while (ticks.length < 3) {
        await clock.sleep(10);
        ticks.push(clock.now());
      }
    })();
    await clock.advance(30);
    await ticking;
    expect(ticks).toEqual([10, 20, 30]);
  });

  it('lets a sleep of no or less than no time end at the next move', async () => {
    const clock = new ManualClock(0);
    const sleep = clock.sleep(-5);
    await clock.advance(0);
    await sleep;
    expect(clock.now()).toBe(0);
  });

  it('rejects with the reason when the signal aborts, before or during the sleep, and leaves no listener', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const sleep = clock.sleep(1000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    await expect(clock.sleep(1, abort.signal)).rejects.toThrow('enough');
    expect(clock.sleeping).toBe(0);

    const calm = new AbortController();
    const slept = clock.sleep(1, calm.signal);
    await clock.advance(1);
    await slept;
    expect(getEventListeners(calm.signal, 'abort')).toEqual([]);
  });
});
