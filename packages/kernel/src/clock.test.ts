import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { deadlineSignal, systemClock } from './clock.ts';
import { ManualClock } from './manual-clock.ts';

describe("the machine's clock", () => {
  it('tells wall time since the epoch, and a time that goes on while somebody sleeps', async () => {
    expect(systemClock.now()).toBeGreaterThan(Date.UTC(2020, 0, 1));
    const before = systemClock.monotonic();
    await systemClock.sleep(2);
    expect(systemClock.monotonic()).toBeGreaterThan(before);
  });

  it('rejects with the reason when the signal aborts, and leaves no listener', async () => {
    const abort = new AbortController();
    const sleep = systemClock.sleep(60_000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    await expect(systemClock.sleep(60_000, abort.signal)).rejects.toThrow('enough');

    const calm = new AbortController();
    await systemClock.sleep(1, calm.signal);
    expect(getEventListeners(calm.signal, 'abort')).toEqual([]);
  });

  it.each([2 ** 31, 31 * 24 * 3600 * 1000, Number.POSITIVE_INFINITY])('does not wake at once from a sleep of %d ms', async (ms) => {
    const abort = new AbortController();
    let isAwake = false;
    const long = systemClock.sleep(ms, abort.signal).then(() => {
      isAwake = true;
    });
    await systemClock.sleep(20);
    expect(isAwake).toBe(false);
    abort.abort(new Error('enough'));
    await expect(long).rejects.toThrow('enough');
  });
});

describe('deadlineSignal', () => {
  it('aborts when the time is over, and says how long that was', async () => {
    const clock = new ManualClock();
    using deadline = deadlineSignal(clock, 1000);
    await clock.advance(999);
    expect(deadline.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(deadline.signal.reason).toMatchObject({ name: 'TimeoutError', message: 'nothing happened within 1000 ms' });
  });

  it('aborts with its parent and for the reason of the parent', async () => {
    const parent = new AbortController();
    using deadline = deadlineSignal(new ManualClock(), 1000, parent.signal);
    parent.abort(new Error('the job is canceled'));
    expect(deadline.signal.reason).toMatchObject({ message: 'the job is canceled' });
  });

  it('takes its timer away when it is disposed, and never aborts then', async () => {
    const clock = new ManualClock();
    const deadline = deadlineSignal(clock, 1000);
    expect(clock.sleeping).toBe(1);
    deadline[Symbol.dispose]();
    expect(clock.sleeping).toBe(0);
    await clock.advance(2000);
    expect(deadline.signal.aborted).toBe(false);
  });
});
