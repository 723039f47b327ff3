import { setMaxListeners } from 'node:events';
import { ManualClock, seededRandom } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { RunnerDefinitions } from './runner-definitions.ts';
import { refused, ScriptedEcsGateway } from './scripted-ecs-gateway.test-double.ts';

const never = new AbortController().signal;
setMaxListeners(0, never);
const denied = refused('AccessDeniedException', 'no');

/** Runners, each with a definition of its own name that is as it should be; those named in `slow` are not answered for as long as they are. */
function rig(...names: string[]) {
  const clock = new ManualClock();
  const gateway = new ScriptedEcsGateway(clock);
  const slow = new Set<string>();
  const describeTaskDefinition = gateway.describeTaskDefinition.bind(gateway);
  gateway.describeTaskDefinition = async (region, name, signal) => {
    if (slow.has(name)) await clock.sleep(3_600_000, signal);
    return describeTaskDefinition(region, name, signal);
  };
  for (const name of names) gateway.definitions.set(name, ['ci-deadline', 'ci-coordinator']);
  const told: (readonly [string, readonly string[]])[] = [];
  const definitions = new RunnerDefinitions(
    names.map((name) => ({ name, worker: { region: 'eu-west-1', taskDefinition: name } })),
    {
      gateway,
      clock,
      random: seededRandom(1),
      tell: ({ runner, errors, warnings }) => void told.push([runner, [...errors, ...warnings].map(({ code }) => code)]),
    },
  );
  return { clock, gateway, slow, told, definitions };
}

describe('the task definitions of the runners', () => {
  it('are known of all the runners whose definitions ECS has told, though it did not tell one of them', async () => {
    const { clock, slow, told, definitions } = rig('fast', 'slow');
    slow.add('slow');
    const reading = definitions.readAll();
    await clock.advance(10_000);
    await reading;
    expect(definitions.of('fast')).toMatchObject({ isRead: true, hasDeadlineContainer: true });
    expect(definitions.of('slow')).toMatchObject({ isRead: false, hasDeadlineContainer: false });
    expect(told).toEqual([
      ['fast', []],
      ['slow', ['FR_FLEET_DEFINITION_UNREADABLE']],
    ]);
  });

  it('are asked for again before a placement while they are unread, and then no more', async () => {
    const { gateway, told, definitions } = rig('dev');
    gateway.trouble('describeTaskDefinition', { exception: denied });
    await definitions.readAll();
    expect((await definitions.beforePlacement('dev', never)).hasDeadlineContainer).toBe(true);
    expect((await definitions.beforePlacement('dev', never)).hasDeadlineContainer).toBe(true);
    expect(gateway.calls.length).toBe(2);
    expect(told).toEqual([
      ['dev', ['FR_FLEET_DEFINITION_UNREADABLE']],
      ['dev', []],
    ]);
  });

  it('are told of once where nothing has changed', async () => {
    const { gateway, told, definitions } = rig('dev');
    for (let turn = 0; turn < 3; turn++) gateway.trouble('describeTaskDefinition', { exception: denied });
    await definitions.readAll();
    for (let turn = 0; turn < 2; turn++) await definitions.beforePlacement('dev', never);
    expect([gateway.calls.length, told]).toEqual([3, [['dev', ['FR_FLEET_DEFINITION_UNREADABLE']]]]);
  });

  it('are asked for once, however many jobs are placed at the same time', async () => {
    const { gateway, definitions } = rig('dev');
    const found = await Promise.all(Array.from({ length: 50 }, () => definitions.beforePlacement('dev', never)));
    expect([gateway.calls.length, found.every((each) => each.isRead)]).toEqual([1, true]);
  });

  it('keep no job that is left', async () => {
    const { clock, slow, definitions } = rig('dev');
    slow.add('dev');
    const leave = new AbortController();
    const waiting = definitions.beforePlacement('dev', leave.signal);
    await clock.advance(1000);
    leave.abort();
    expect((await waiting).isRead).toBe(false);
    expect((await definitions.beforePlacement('dev', leave.signal)).isRead).toBe(false);
    await clock.advance(10_000);
    expect(clock.sleeping).toBe(0);
  });
});
