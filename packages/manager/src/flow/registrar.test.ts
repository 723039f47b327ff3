import { ManualClock, Secret, seededRandom } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import type { VerifyVerdict } from '../coordinator/coordinator.ts';
import { tokenFacts } from '../coordinator/token-facts.ts';
import { MemoryJobStore } from '../store/memory-job-store.test-double.ts';
import { sampleRecord } from '../store/sample-record.test-double.ts';
import { flowRig } from './flow-rig.test-double.ts';
import { Registrar } from './registrar.ts';
import { ScriptedManagement } from './scripted-management.test-double.ts';

const never = new AbortController().signal;

/** A registrar over a store in memory, and a runner `dev` with this token. */
function registrarRig(token: string, verdict: VerifyVerdict = { kind: 'valid', id: '7' }) {
  const clock = new ManualClock();
  const store = new MemoryJobStore(clock);
  const management = new ScriptedManagement(() => clock.now());
  const verified: string[] = [];
  const verify = async (credentials: { token: Secret }) => {
    verified.push(credentials.token.reveal());
    return verdict;
  };
  const [plain] = flowRig().runners;
  if (!plain) throw new Error('no runner');
  const facts = tokenFacts('https://gitlab.test');
  const tools = { clock, random: seededRandom(1), store, coordinator: { verify }, management, emit: () => undefined, ...facts };
  return { registrar: new Registrar(tools), runner: { ...plain, token: new Secret(token) }, store, management, verified };
}

describe('registering by command', () => {
  it('44: exchanges a registration token once; a second time verifies what the store keeps', async () => {
    const { registrar, runner, store, management, verified } = registrarRig('GR1348941abc');
    expect(await registrar.register(runner, never)).toEqual({ kind: 'registered', id: '7' });
    expect((await store.readRunnerToken('dev'))?.token.token.reveal()).toBe('issued-1');
    expect(await registrar.register(runner, never)).toEqual({ kind: 'verified', id: '7' });
    expect([management.calls, verified]).toEqual([['register GR1348941abc'], ['issued-1']]);
  });

  it('44: gives back what it got when a manager was first', async () => {
    const { registrar, runner, store, management, verified } = registrarRig('GR1348941abc');
    const other = {
      schema: 1,
      runner: 'dev',
      origin: tokenFacts('https://gitlab.test').originOf(runner.token),
      runnerId: '8',
      obtainedAt: 0,
    } as const;
    management.onCall = async () => void (await store.writeRunnerToken({ ...other, token: new Secret('glrtr-first') }, undefined));
    expect(await registrar.register(runner, never)).toEqual({ kind: 'verified', id: '7' });
    expect([management.calls, verified]).toEqual([['register GR1348941abc', 'unregister issued-1'], ['glrtr-first']]);
  });

  it('says why GitLab refuses', async () => {
    const { registrar, runner } = registrarRig('glrt-wrong', { kind: 'refused', cause: '403' });
    expect(await registrar.register(runner, never)).toEqual({ kind: 'refused', cause: '403' });
  });
});

describe('unregistering by command', () => {
  it('44: of one manager leaves the runner and its token alone', async () => {
    const { registrar, runner, store, management } = registrarRig('GR1348941abc');
    await registrar.register(runner, never);
    expect(await registrar.unregisterManager(runner, 'r_0123456789ab', never)).toEqual({ kind: 'removed' });
    expect(management.calls.slice(1)).toEqual(['unregister manager r_0123456789ab of issued-1']);
    expect((await store.readRunnerToken('dev'))?.token.token.reveal()).toBe('issued-1');
  });

  it('44: of the runner takes its token out of the store, so that a later start registers anew', async () => {
    const { registrar, runner, store, management } = registrarRig('GR1348941abc');
    await registrar.register(runner, never);
    expect(await registrar.unregister(runner, never)).toEqual({ kind: 'removed' });
    expect([management.calls.slice(1), await store.readRunnerToken('dev')]).toEqual([['unregister issued-1'], undefined]);
    expect(await registrar.register(runner, never)).toEqual({ kind: 'registered', id: '7' });
  });

  it('of what was never registered asks GitLab nothing', async () => {
    const { registrar, runner, management } = registrarRig('GR1348941abc');
    expect(await registrar.unregister(runner, never)).toEqual({ kind: 'unregistered' });
    expect(await registrar.unregisterManager(runner, 'r_0123456789ab', never)).toEqual({ kind: 'unregistered' });
    expect(management.calls).toEqual([]);
  });

  it('knows which managers and jobs are still there', async () => {
    const { registrar, runner, store } = registrarRig('glrt-made');
    await store.beat('here', { released: false });
    await store.takeSystemId(
      'here',
      () => false,
      () => 'r_bbbbbbbbbbbb',
    );
    await store.beat('released', { released: true });
    await store.takeSystemId(
      'released',
      () => false,
      () => 'r_aaaaaaaaaaaa',
    );
    await store.create(sampleRecord({ runner: 'dev' }));
    await store.create(sampleRecord({ runner: 'other', jobId: '2' }));
    expect(await registrar.managers()).toEqual([
      { systemId: 'r_aaaaaaaaaaaa', isInUse: false },
      { systemId: 'r_bbbbbbbbbbbb', isInUse: true },
    ]);
    expect(await registrar.jobsOf(runner)).toBe(1);
  });
});
