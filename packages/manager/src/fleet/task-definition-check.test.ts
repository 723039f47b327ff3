import { ManualClock, seededRandom } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { refused, ScriptedEcsGateway, throttled } from './scripted-ecs-gateway.test-double.ts';
import { checkTaskDefinition } from './task-definition-check.ts';

const runner = (name: string) => ({ name, worker: { region: 'eu-west-1', taskDefinition: name } });

function rig() {
  const clock = new ManualClock();
  const gateway = new ScriptedEcsGateway(clock);
  const check = (...names: string[]) =>
    Promise.all(names.map((name) => checkTaskDefinition(runner(name), { gateway, clock, random: seededRandom(1) })));
  return { clock, gateway, check };
}

describe('checkTaskDefinition', () => {
  it('is content with both containers', async () => {
    const { gateway, check } = rig();
    gateway.definitions.set('good', ['aws-sidecar', 'ci-deadline', 'ci-coordinator']);
    expect(await check('good')).toEqual([{ runner: 'good', isRead: true, hasDeadlineContainer: true, errors: [], warnings: [] }]);
  });

  it('names every definition that lacks a container or does not exist', async () => {
    const { gateway, check } = rig();
    gateway.definitions.set('old', ['ci-coordinator']);
    gateway.definitions.set('strange', ['app']);
    const findings = await check('old', 'strange', 'absent');
    const codes = findings.map((finding) => [finding.runner, finding.errors.map((p) => p.code), finding.warnings.map((p) => p.code)]);
    expect(codes).toEqual([
      ['old', [], ['FR_FLEET_DEFINITION_NO_DEADLINE']],
      ['strange', ['FR_FLEET_DEFINITION_NO_WORKER'], ['FR_FLEET_DEFINITION_NO_DEADLINE']],
      ['absent', ['FR_FLEET_DEFINITION_UNREADABLE'], []],
    ]);
    expect(findings[1]?.errors[0]).toMatchObject({ at: 'runner strange', given: 'arn:strange:1 with app' });
  });

  it('only warns where it may not look', async () => {
    const { gateway, check } = rig();
    gateway.trouble('describeTaskDefinition', { exception: refused('AccessDeniedException', 'no') });
    const [finding] = await check('good');
    expect(finding).toMatchObject({
      isRead: false,
      hasDeadlineContainer: false,
      errors: [],
      warnings: [{ code: 'FR_FLEET_DEFINITION_UNREADABLE' }],
    });
  });

  it('tries again when ECS is busy', async () => {
    const { clock, gateway, check } = rig();
    gateway.definitions.set('good', ['ci-deadline', 'ci-coordinator']);
    gateway.trouble('describeTaskDefinition', { exception: throttled });
    const checking = check('good');
    await clock.advance(5000);
    expect((await checking)[0]?.errors).toEqual([]);
    expect(gateway.calls.length).toBe(2);
  });

  it('says so when ECS has not answered within 10 s', async () => {
    const { clock, gateway, check } = rig();
    gateway.describeTaskDefinition = async (_region, _name, signal) => {
      await clock.sleep(60_000, signal);
      throw new Error('never here');
    };
    const checking = check('slow');
    await clock.advance(10_000);
    expect(await checking).toMatchObject([
      {
        runner: 'slow',
        isRead: false,
        errors: [],
        warnings: [{ code: 'FR_FLEET_DEFINITION_UNREADABLE', what: expect.stringContaining('10000 ms') }],
      },
    ]);
    expect(clock.sleeping).toBe(0);
  });
});
