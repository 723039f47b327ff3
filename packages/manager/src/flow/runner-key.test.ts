import { getEventListeners } from 'node:events';
import { ManualClock, Secret, seededRandom } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import type { VerifyVerdict } from '../coordinator/coordinator.ts';
import { tokenFacts } from '../coordinator/token-facts.ts';
import { MemoryJobStore } from '../store/memory-job-store.test-double.ts';
import type { ManagerEvent } from '../telemetry/manager-event.ts';
import { flowRig } from './flow-rig.test-double.ts';
import { RunnerKeys } from './runner-keys.ts';
import { ScriptedManagement } from './scripted-management.test-double.ts';

const HOUR_MS = 3_600_000;

/** What several managers have in common. */
interface World {
  readonly clock: ManualClock;
  readonly store: MemoryJobStore;
  readonly management: ScriptedManagement;
}

function newWorld(): World {
  const clock = new ManualClock();
  return { clock, store: new MemoryJobStore(clock), management: new ScriptedManagement(() => clock.now()) };
}

/**
 * A manager's keys for the runner `dev`; `before`: the rig of another manager, over the same store. `verdicts`: what GitLab says of the token
 * before it says yes.
 */
function keysRig(of: {
  readonly token: string;
  readonly before?: World;
  readonly expiresInMs?: number;
  readonly verdicts?: readonly VerifyVerdict[];
}) {
  const { clock, store, management } = of.before ?? newWorld();
  const [plain] = flowRig().runners;
  if (!plain) throw new Error('no runner');
  const runner = { ...plain, token: new Secret(of.token) };
  const events: ManagerEvent[] = [];
  const verified: string[] = [];
  const bornAt = clock.now();
  const verify = async ({ token }: { token: Secret }): Promise<VerifyVerdict> => {
    verified.push(token.reveal());
    const verdict = of.verdicts?.[verified.length - 1];
    if (verdict) return verdict;
    const tokenExpiresAt = of.expiresInMs === undefined ? {} : { tokenExpiresAt: new Date(bornAt + of.expiresInMs).toISOString() };
    return { kind: 'valid', id: '7', ...tokenExpiresAt };
  };
  const emit = (event: ManagerEvent) => void events.push(event);
  const tools = { clock, random: seededRandom(1), store, coordinator: { verify }, management, emit, ...tokenFacts('https://gitlab.test') };
  const keys = new RunnerKeys([runner], tools);
  const stop = new AbortController();
  const kept = keys.keep(stop.signal);
  return {
    clock,
    store,
    management,
    keys,
    events,
    verified,
    /** The manager is told to go, and does within `graceMs`. */
    stop: async (graceMs = 0) => {
      stop.abort(new Error('told to go'));
      await clock.advance(graceMs);
      await kept;
    },
    token: () => keys.of('dev')?.token.reveal(),
    stored: async () => (await store.readRunnerToken('dev'))?.token,
  };
}

describe('a token of a runner that was made in GitLab', () => {
  it('44: is used as it is: it is verified, nothing is registered and nothing kept', async () => {
    const rig = keysRig({ token: 'glrt-made' });
    await rig.clock.advance(0);
    expect([rig.token(), rig.verified, rig.management.calls, await rig.stored()]).toEqual(['glrt-made', ['glrt-made'], [], undefined]);
    await rig.stop();
  });

  it('is waited for until it is known, and nothing stays behind on the signal of whoever waited', async () => {
    const rig = keysRig({ token: 'glrt-made' });
    const { signal } = new AbortController();
    const ready = rig.keys.ready('dev', signal);
    await rig.clock.advance(0);
    expect((await ready).token.reveal()).toBe('glrt-made');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await rig.stop();
  });

  it('46: is rotated at three quarters of its life, kept, and used by whoever asks next', async () => {
    const rig = keysRig({ token: 'glrt-made', expiresInMs: 100 * HOUR_MS });
    rig.management.lifeMs = 40 * HOUR_MS;
    await rig.clock.advance(75 * HOUR_MS - 1);
    expect([rig.token(), rig.management.calls]).toEqual(['glrt-made', []]);
    await rig.clock.advance(1);
    expect([rig.token(), rig.management.calls]).toEqual(['issued-1', ['reset glrt-made']]);
    expect((await rig.stored())?.token.reveal()).toBe('issued-1');
    await rig.clock.advance(30 * HOUR_MS);
    expect([rig.token(), rig.management.calls.length]).toEqual(['issued-2', 2]);
    await rig.stop();
  });

  it('46: is the rotated one after a restart, and for a manager that did not rotate it', async () => {
    const first = keysRig({ token: 'glrt-made', expiresInMs: 4 * HOUR_MS });
    const second = keysRig({ token: 'glrt-made', before: first });
    await first.clock.advance(3 * HOUR_MS);
    expect(first.management.calls).toEqual(['reset glrt-made']);
    expect(await second.keys.isReplaced('dev', new Secret('glrt-made'))).toBe(true);
    expect(second.token()).toBe('issued-1');
    expect(await second.keys.isReplaced('dev', new Secret('issued-1'))).toBe(false);
    await first.stop();
    const third = keysRig({ token: 'glrt-made', before: first });
    await first.clock.advance(0);
    expect([third.token(), third.verified]).toEqual(['issued-1', ['issued-1']]);
    await Promise.all([second.stop(), third.stop()]);
  });

  it('46: stays when the rotation fails, which is told and tried again after longer and longer pauses', async () => {
    const rig = keysRig({ token: 'glrt-made', expiresInMs: 4 * HOUR_MS });
    rig.management.answers.push({ kind: 'unavailable', cause: '503' }, { kind: 'refused', cause: '403' });
    await rig.clock.advance(3 * HOUR_MS);
    expect([rig.token(), rig.management.calls.length]).toEqual(['glrt-made', 1]);
    await rig.clock.advance(59_999);
    expect(rig.management.calls.length).toBe(1);
    await rig.clock.advance(1);
    expect(rig.management.calls.length).toBe(2);
    await rig.clock.advance(120_000);
    expect([rig.token(), rig.management.calls.length]).toEqual(['issued-1', 3]);
    const failed = rig.events.filter(({ name }) => name === 'runner.rotation_failed');
    expect(failed.map((event) => 'retryS' in event && event.retryS)).toEqual([60, 120]);
    await rig.stop();
  });

  it('46: is left alone while another manager is at it, and taken on when that one has died', async () => {
    const rig = keysRig({ token: 'glrt-made', expiresInMs: 4 * HOUR_MS });
    await rig.clock.advance(3 * HOUR_MS - 1);
    const kept = await rig.store.readRunnerToken('dev');
    if (!kept) throw new Error('nothing is kept');
    await rig.store.writeRunnerToken({ ...kept.token, rotatingSince: rig.clock.now() }, kept.version);
    await rig.clock.advance(119_000);
    expect([rig.management.calls, await rig.keys.isReplaced('dev', new Secret('glrt-made'))]).toEqual([[], true]);
    await rig.clock.advance(20_000);
    expect(rig.token()).toBe('issued-1');
    await rig.stop();
  });
});

describe('a token that GitLab has not said yes to', () => {
  it('46: is used meanwhile, asked about again, and rotated in time for all that', async () => {
    const away = { kind: 'unavailable', cause: '502' } as const;
    const rig = keysRig({ token: 'glrt-made', expiresInMs: 100 * HOUR_MS, verdicts: [away, away] });
    await rig.clock.advance(0);
    expect([rig.token(), rig.verified.length]).toEqual(['glrt-made', 1]);
    await rig.clock.advance(59_999);
    expect(rig.verified.length).toBe(1);
    await rig.clock.advance(1);
    expect(rig.verified.length).toBe(2);
    await rig.clock.advance(120_000);
    expect([rig.verified.length, rig.events.map(({ name }) => name)]).toEqual([3, ['runner.refused', 'runner.refused', 'runner.verified']]);
    await rig.clock.advance(75 * HOUR_MS);
    expect([rig.token(), rig.verified.length, rig.management.calls]).toEqual(['issued-1', 3, ['reset glrt-made']]);
    await rig.stop();
  });

  it('46: is rotated when it is due by what is kept of it', async () => {
    const first = keysRig({ token: 'glrt-made', expiresInMs: 4 * HOUR_MS });
    await first.clock.advance(HOUR_MS);
    await first.stop();
    const verdicts = Array.from({ length: 20 }, () => ({ kind: 'unavailable', cause: '502' }) as const);
    const second = keysRig({ token: 'glrt-made', before: first, verdicts });
    await first.clock.advance(2 * HOUR_MS - 1);
    expect(second.management.calls).toEqual([]);
    await first.clock.advance(1);
    expect(second.token()).toBe('issued-1');
    await second.stop();
  });
});

describe('a rotation that has begun when the manager is told to go', () => {
  const DUE_MS = 3 * HOUR_MS;

  it('46: is ended, and the new token kept', async () => {
    const rig = keysRig({ token: 'glrt-made', expiresInMs: 4 * HOUR_MS });
    rig.management.onCall = () => rig.clock.sleep(8000);
    await rig.clock.advance(DUE_MS);
    expect(rig.management.calls).toEqual(['reset glrt-made']);
    await rig.stop(8000);
    expect([(await rig.stored())?.token.reveal(), rig.clock.sleeping]).toEqual(['issued-1', 0]);
    expect(rig.events.map(({ name }) => name)).toEqual(['runner.verified', 'runner.rotated']);
  });

  it('46: is ended also where the store is away for a moment', async () => {
    const rig = keysRig({ token: 'glrt-made', expiresInMs: 4 * HOUR_MS });
    const write = rig.store.writeRunnerToken.bind(rig.store);
    let tries = 0;
    rig.management.onCall = async () => {
      rig.store.writeRunnerToken = async (token, version) => {
        if (++tries < 4) throw new Error('the store is away');
        return write(token, version);
      };
    };
    await rig.clock.advance(DUE_MS);
    expect(tries).toBe(1);
    await rig.stop(5000);
    expect((await rig.stored())?.token.reveal()).toBe('issued-1');
  });

  it('46: is given up after ten seconds, and nothing of it stays behind', async () => {
    const rig = keysRig({ token: 'glrt-made', expiresInMs: 4 * HOUR_MS });
    rig.management.onCall = async () => {
      rig.store.writeRunnerToken = () => Promise.reject(new Error('the store is away'));
    };
    await rig.clock.advance(DUE_MS);
    await rig.stop(10_000);
    expect(rig.clock.sleeping).toBe(0);
  });

  it('46: begins no more after that', async () => {
    const rig = keysRig({ token: 'glrt-made', expiresInMs: 4 * HOUR_MS });
    await rig.clock.advance(DUE_MS - 1);
    await rig.stop();
    await rig.clock.advance(HOUR_MS);
    expect(rig.management.calls).toEqual([]);
  });
});

describe('a registration token', () => {
  it('44: is exchanged once for a token of the runner, which restarts and other managers use', async () => {
    const first = keysRig({ token: 'GR1348941abc' });
    expect(first.token()).toBeUndefined();
    await first.clock.advance(0);
    expect([first.token(), first.verified]).toEqual(['issued-1', ['issued-1']]);
    expect(first.management.registered).toMatchObject([{ description: 'dev', tags: [], locked: true, paused: false }]);
    await first.stop();
    const second = keysRig({ token: 'GR1348941abc', before: first });
    await first.clock.advance(0);
    expect([second.token(), second.management.calls]).toEqual(['issued-1', ['register GR1348941abc']]);
    await second.stop();
  });

  it('44: of two managers that register at once, the later gives its runner back', async () => {
    const first = keysRig({ token: 'GR1348941abc' });
    const second = keysRig({ token: 'GR1348941abc', before: first });
    await first.clock.advance(0);
    expect(first.token()).toBe(second.token());
    const { calls } = first.management;
    expect(calls.filter((call) => call.startsWith('register')).length - calls.filter((call) => call.startsWith('unregister')).length).toBe(
      1,
    );
    await Promise.all([first.stop(), second.stop()]);
  });

  it('44: another one in the configuration is registered anew', async () => {
    const first = keysRig({ token: 'GR1348941abc' });
    await first.clock.advance(0);
    await first.stop();
    const second = keysRig({ token: 'GR1348941other', before: first });
    await first.clock.advance(0);
    expect([second.token(), second.management.calls.at(-1)]).toEqual(['issued-2', 'register GR1348941other']);
    await second.stop();
  });

  it('44: that GitLab refuses is told, and tried again after a pause', async () => {
    const rig = keysRig({ token: 'GR1348941abc' });
    rig.management.answers.push({ kind: 'refused', cause: '410 Gone' });
    await rig.clock.advance(0);
    expect([rig.token(), rig.events.map(({ name }) => name)]).toEqual([undefined, ['runner.refused']]);
    await rig.clock.advance(60_000);
    expect(rig.token()).toBe('issued-1');
    await rig.stop();
  });
});
