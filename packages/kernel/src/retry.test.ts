import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from './manual-clock.ts';
import { seededRandom } from './random.ts';
import { type Attempt, delayFor, type RetryPolicy, retrying } from './retry.ts';

const POLICY: RetryPolicy = { attempts: 5, firstDelayMs: 100, maxDelayMs: 1000, factor: 4, jitter: 'none' };
const random = seededRandom(1);

describe('delayFor', () => {
  it.each([
    [1, 100],
    [2, 400],
    [3, 1000],
    [4, 1000],
    [5, 'give up'],
    [6, 'give up'],
  ])('after try %d: %s', (attempt, delay) => {
    expect(delayFor(attempt, POLICY, { random })).toBe(delay);
  });

  it('prefers the wait that the other side asked for, but not to giving up', () => {
    expect(delayFor(1, POLICY, { random, hintMs: 7000 })).toBe(7000);
    expect(delayFor(1, POLICY, { random, hintMs: 0 })).toBe(0);
    expect(delayFor(5, POLICY, { random, hintMs: 7000 })).toBe('give up');
  });

  it('with full jitter lies between the first delay and the current one', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 4 }), (seed, attempt) => {
        const current = delayFor(attempt, POLICY, { random });
        const delay = delayFor(attempt, { ...POLICY, jitter: 'full' }, { random: seededRandom(seed) });
        expect(delay).toBeGreaterThanOrEqual(POLICY.firstDelayMs);
        expect(delay).toBeLessThanOrEqual(Number(current));
      }),
    );
  });

  it('with full jitter reaches both ends', () => {
    const at = (fraction: number) => delayFor(3, { ...POLICY, jitter: 'full' }, { random: { ...random, fraction: () => fraction } });
    expect([at(0), at(0.5), at(1)]).toEqual([100, 550, 1000]);
  });
});

describe('retrying', () => {
  it('tries until it is done, waiting as the policy says', async () => {
    const clock = new ManualClock(0);
    const tries: string[] = [];
    const work = retrying<number>(
      async (attempt) => {
        tries.push(`${attempt} at ${clock.now()}`);
        return attempt === 3 ? { kind: 'done', value: 33 } : { kind: 'again', value: 0 };
      },
      POLICY,
      { clock, random },
    );
    await clock.advance(500);
    expect(await work).toBe(33);
    expect(tries).toEqual(['1 at 0', '2 at 100', '3 at 500']);
  });

  it('waits as long as the other side said', async () => {
    const clock = new ManualClock(0);
    const work = retrying<number>(
      async (attempt) => (attempt === 2 ? { kind: 'done', value: clock.now() } : { kind: 'again', value: 0, afterMs: 3000 }),
      POLICY,
      { clock, random },
    );
    await clock.advance(3000);
    expect(await work).toBe(3000);
  });

  it('gives the last value back when the policy gives up', async () => {
    const clock = new ManualClock(0);
    let tries = 0;
    const work = retrying<number>(
      async (attempt) => {
        tries++;
        return { kind: 'again', value: attempt };
      },
      { ...POLICY, attempts: 3 },
      { clock, random },
    );
    await clock.advance(10_000);
    expect(await work).toBe(3);
    expect(tries).toBe(3);
  });

  it('ends with what the operation throws', async () => {
    const broken = async (): Promise<Attempt<void>> => {
      throw new Error('a defect');
    };
    await expect(retrying(broken, POLICY, { clock: new ManualClock(), random })).rejects.toThrow('a defect');
  });

  it('ends the wait when the signal aborts', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    let tries = 0;
    const work = retrying<number>(async () => ({ kind: 'again', value: tries++ }), POLICY, { clock, random, signal: abort.signal });
    await clock.advance(0);
    abort.abort(new Error('enough'));
    await expect(work).rejects.toThrow('enough');
    expect(tries).toBe(1);
  });
});
