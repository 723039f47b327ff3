import { setMaxListeners } from 'node:events';
import { ManualClock, seededRandom } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { RateGate } from './rate-gate.ts';

const never = new AbortController().signal;
setMaxListeners(0, never);

function enterMany(gate: RateGate, clock: ManualClock, count: number): number[] {
  const start = clock.monotonic();
  const entered: number[] = [];
  for (let turn = 0; turn < count; turn++) void gate.enter(never).then(() => entered.push(clock.monotonic() - start));
  return entered;
}

describe('RateGate', () => {
  it('lets a burst through at once and the rest at its rate', async () => {
    const clock = new ManualClock();
    const entered = enterMany(new RateGate({ perSecond: 20, burst: 20 }, { clock, random: seededRandom(1) }), clock, 60);
    await clock.advance(0);
    expect(entered.length).toBe(20);
    await clock.advance(1000);
    expect(entered.length).toBe(40);
    await clock.advance(1000);
    expect(entered.length).toBe(60);
  });

  it('pauses everybody when the other side says so, longer each time, and forgets it after a success', async () => {
    const clock = new ManualClock();
    const gate = new RateGate({ perSecond: 20, burst: 20 }, { clock, random: { fraction: () => 1, hex: () => '' } });
    const pauseAfterTrouble = async () => {
      gate.backOff();
      gate.backOff();
      const entered = enterMany(gate, clock, 2);
      await clock.advance(60_000);
      return entered;
    };
    expect(await pauseAfterTrouble()).toEqual([500, 550]);
    expect(await pauseAfterTrouble()).toEqual([1000, 1050]);
    gate.settle();
    expect(await pauseAfterTrouble()).toEqual([500, 550]);
    for (let turn = 0; turn < 9; turn++) await pauseAfterTrouble();
    expect(await pauseAfterTrouble()).toEqual([10_000, 10_050]);
  });

  it('gives lanes their turns one after the other, whoever came first and however many they are', async () => {
    const clock = new ManualClock();
    const gate = new RateGate({ perSecond: 10, burst: 1 }, { clock, random: seededRandom(1) });
    const entered: string[] = [];
    for (let turn = 0; turn < 50; turn++) void gate.enter(never, 'busy').then(() => entered.push('busy'));
    for (let turn = 0; turn < 3; turn++) void gate.enter(never, 'small').then(() => entered.push('small'));
    await clock.advance(700);
    expect(entered).toEqual(['busy', 'busy', 'small', 'busy', 'small', 'busy', 'small', 'busy']);
    await clock.advance(10_000);
    expect(entered).toHaveLength(53);
  });

  it('lets a caller go whose signal aborts, without using up its turn', async () => {
    const clock = new ManualClock();
    const gate = new RateGate({ perSecond: 1, burst: 1 }, { clock, random: seededRandom(1) });
    const impatient = new AbortController();
    await gate.enter(never);
    const waiting = gate.enter(impatient.signal);
    const entered = enterMany(gate, clock, 1);
    impatient.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await clock.advance(1000);
    expect(entered).toEqual([1000]);
    expect(clock.sleeping).toBe(0);
  });
});
