import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeTasksCommand, ListTasksCommand, RunTaskCommand, StopTaskCommand, type Task } from '@aws-sdk/client-ecs';
import { ManualClock, systemClock } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { type AwsRig, CLUSTER, startAwsRig, workerOverrides } from '../aws-rig.contract.ts';
import type { AwsOptionsInput } from '../options.ts';
import { loginWhenOpen } from '../worker/ssh-client.contract.ts';
import { key, reached } from '../worker/worker-rig.contract.ts';
import { TIMING_PROFILES } from './task-timing.ts';

const REALISTIC = TIMING_PROFILES.realistic;

async function startTask(rig: AwsRig, clock: ManualClock): Promise<string> {
  const { tasks } = await rig.ecs.send(new RunTaskCommand(rig.request()));
  await clock.advance(0);
  return tasks?.[0]?.taskArn ?? '';
}

function addressOf(task: Task): string | undefined {
  return task.attachments?.find((one) => one.type === 'ElasticNetworkInterface')?.details?.find((one) => one.name === 'privateIPv4Address')
    ?.value;
}

describe('a task', () => {
  it('goes through every state in its time, and shows its address before RUNNING', async () => {
    const clock = new ManualClock();
    await using rig = await startAwsRig({ timing: { profile: 'realistic' } }, clock);
    const arn = await startTask(rig, clock);
    const seen: unknown[] = [];
    const look = async (ms: number) => {
      await clock.advance(ms);
      const task = await rig.describe(arn);
      seen.push([task.lastStatus, task.attachments?.[0]?.status, addressOf(task) !== undefined]);
    };
    await look(0);
    await look(REALISTIC.provisioningMs);
    await look(REALISTIC.pendingMs);
    await look(REALISTIC.activatingMs);
    await rig.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: arn, reason: 'job 1: done' }));
    await look(0);
    await look(REALISTIC.deactivatingMs);
    await look(REALISTIC.deprovisioningMs);
    expect(seen).toEqual([
      ['PROVISIONING', 'PRECREATED', false],
      ['PENDING', 'ATTACHED', true],
      ['ACTIVATING', 'ATTACHED', true],
      ['RUNNING', 'ATTACHED', true],
      ['DEACTIVATING', 'ATTACHED', true],
      ['DEPROVISIONING', 'DETACHING', true],
      ['STOPPED', 'DELETED', true],
    ]);
  });

  it('notes its moments in seconds since the epoch', async () => {
    const clock = new ManualClock();
    await using rig = await startAwsRig({ timing: { profile: 'realistic' } }, clock);
    const createdAt = new Date(clock.now());
    const arn = await startTask(rig, clock);
    await clock.advance(30_000);
    expect(await rig.describe(arn)).toMatchObject({
      createdAt,
      pullStartedAt: new Date(createdAt.getTime() + 12_000),
      startedAt: new Date(createdAt.getTime() + 30_000),
      version: expect.any(Number),
    });
  });

  it('says why it was stopped, and loses its tags', async () => {
    const clock = new ManualClock();
    await using rig = await startAwsRig({}, clock);
    const arn = await startTask(rig, clock);
    expect((await rig.describe(arn)).tags).toEqual([{ key: 'owner', value: 'us' }]);
    await rig.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: arn, reason: 'job 1: done' }));
    await clock.advance(0);
    expect(await rig.describe(arn)).toMatchObject({
      stopCode: 'UserInitiated',
      stoppedReason: 'job 1: done',
      lastStatus: 'STOPPED',
      tags: [],
    });
  });

  it('is stopped before RUNNING without ever running', async () => {
    const clock = new ManualClock();
    await using rig = await startAwsRig({ timing: { profile: 'realistic' } }, clock);
    const arn = await startTask(rig, clock);
    await rig.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: arn }));
    await clock.advance(0);
    expect(await rig.describe(arn)).toMatchObject({ lastStatus: 'DEPROVISIONING', desiredStatus: 'STOPPED' });
    await clock.advance(60_000);
    expect(await rig.describe(arn)).toMatchObject({ lastStatus: 'STOPPED' });
    expect((await rig.describe(arn)).startedAt).toBeUndefined();
  });

  it('stays visible for an hour after its end', async () => {
    const clock = new ManualClock();
    await using rig = await startAwsRig({}, clock);
    const arn = await startTask(rig, clock);
    await rig.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: arn }));
    await clock.advance(3_599_000);
    expect(await rig.describe(arn)).toMatchObject({ lastStatus: 'STOPPED' });
    await clock.advance(1000);
    const { failures } = await rig.ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: [arn] }));
    expect(failures).toEqual([{ arn, reason: 'MISSING' }]);
  });

  it('is MISSING for a while after RunTask where ECS is eventually consistent', async () => {
    const clock = new ManualClock();
    await using rig = await startAwsRig({ describeMissingMs: 2000 }, clock);
    const arn = await startTask(rig, clock);
    const query = new DescribeTasksCommand({ cluster: CLUSTER, tasks: [arn] });
    expect((await rig.ecs.send(query)).failures).toEqual([{ arn, reason: 'MISSING' }]);
    expect((await rig.ecs.send(new ListTasksCommand({ cluster: CLUSTER }))).taskArns).toEqual([]);
    await clock.advance(2000);
    expect((await rig.ecs.send(query)).tasks).toHaveLength(1);
  });

  it('has containers of its own and, before them, those that AWS adds', async () => {
    const clock = new ManualClock();
    await using rig = await startAwsRig({ injectedContainers: ['aws-guardduty-agent-abc'] }, clock);
    const task = await rig.describe(await startTask(rig, clock));
    expect(task.containers?.map((one) => one.name)).toEqual(['aws-guardduty-agent-abc', 'ci-coordinator', 'ci-deadline']);
    expect(task.containers?.[1]?.networkInterfaces?.[0]?.privateIpv4Address).toBe(addressOf(task));
  });

  it.each([
    [{ kind: 'spot' as const }, { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' }],
    [
      { kind: 'essentialExit' as const, exitCode: 139 },
      { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' },
    ],
  ])('ends as AWS or its containers end it: %o', async (wish, expected) => {
    const clock = new ManualClock();
    await using rig = await startAwsRig({}, clock);
    const arn = await startTask(rig, clock);
    await rig.control.stopTask(arn, wish);
    await rig.control.awaitStopped(arn);
    const task = await rig.describe(arn);
    expect(task).toMatchObject(expected);
    const worker = task.containers?.find((one) => one.name === 'ci-coordinator');
    expect(worker?.exitCode).toBe('exitCode' in wish ? wish.exitCode : 143);
  });

  it('is warned by Spot with SIGTERM while it still runs, and killed when its time is up', async () => {
    const clock = new ManualClock();
    const options: AwsOptionsInput = { worker: { kind: 'ssh2', shell: 'dash' }, timing: { stopGraceMs: 30_000 } };
    await using rig = await startAwsRig(options, clock);
    const command = ['sh', '-c', 'trap "" TERM; : >deaf; while :; do sleep 0.05; done'];
    const [worker] = workerOverrides(key.publicKey).containerOverrides ?? [];
    const overrides = { containerOverrides: [{ ...worker }, { name: 'ci-deadline', command }] };
    const { tasks } = await rig.ecs.send(new RunTaskCommand(rig.request({ overrides })));
    const arn = tasks?.[0]?.taskArn ?? '';
    const seen = async (wanted: (task: Task) => boolean) => {
      for (;;) {
        const task = await rig.describe(arn);
        if (wanted(task)) return task;
        await systemClock.sleep(20);
      }
    };
    const exitOf = (task: Task) => task.containers?.map(({ exitCode }) => exitCode);
    const { address = '', home = '' } = await reached(rig, arn, 'RUNNING');
    while (!existsSync(join(home, 'deaf'))) await systemClock.sleep(20);
    (await loginWhenOpen(address, key.privateKey)).end();
    await rig.control.stopTask(arn, { kind: 'spot' });
    const warned = await seen((task) => exitOf(task)?.[0] !== undefined);
    expect(warned).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'STOPPED', stopCode: 'SpotInterruption' });
    await clock.advance(30_000);
    await rig.control.awaitStopped(arn);
    expect(exitOf(await rig.describe(arn))).toEqual([143, 137]);
  });

  it('fails to start with the reason that was ordered', async () => {
    const clock = new ManualClock();
    await using rig = await startAwsRig({}, clock);
    const reason = 'CannotPullContainerError: pull access denied';
    await rig.control.failWorkers({ failsToStart: reason });
    const arn = await startTask(rig, clock);
    expect(await rig.describe(arn)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart', stoppedReason: reason });
    expect(await rig.describe(await startTask(rig, clock))).toMatchObject({ lastStatus: 'RUNNING' });
  });
});

describe('StopTask', () => {
  it('keeps the first reason when it comes twice', async () => {
    const clock = new ManualClock();
    await using rig = await startAwsRig({}, clock);
    const arn = await startTask(rig, clock);
    await rig.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: arn, reason: 'first' }));
    await rig.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: arn, reason: 'second' }));
    expect(await rig.describe(arn)).toMatchObject({ stoppedReason: 'first' });
  });

  it('is denied the second time where the policy wants a tag', async () => {
    const clock = new ManualClock();
    await using rig = await startAwsRig({ stopRequiresTag: 'owner' }, clock);
    const arn = await startTask(rig, clock);
    const stop = () => rig.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: arn }));
    await stop();
    await expect(stop()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('refuses a task that is not there', async () => {
    await using rig = await startAwsRig();
    const call = rig.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: '0'.repeat(32) }));
    await expect(call).rejects.toMatchObject({ name: 'InvalidParameterException', message: 'The referenced task was not found.' });
  });
});
