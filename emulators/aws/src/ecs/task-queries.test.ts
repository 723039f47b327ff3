import {
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  type ListTasksCommandInput,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { DEADLINE_CONTAINER, WORKER_CONTAINER } from '@fargate-gitlab-runner/blueprint';
import { ManualClock } from '@fargate-gitlab-runner/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsRig, CLUSTER, FAMILY, startAwsRig } from '../aws-rig.contract.ts';

let rig: AwsRig;
const arns: string[] = [];
beforeAll(async () => {
  rig = await startAwsRig({ throttling: false });
  for (let at = 0; at < 21; at++) {
    const { tasks } = await rig.ecs.send(new RunTaskCommand(rig.request({ count: 5, startedBy: `fgr/${at % 2}` })));
    for (const task of tasks ?? []) arns.push(task.taskArn ?? '');
  }
});
afterAll(() => rig[Symbol.asyncDispose]());

const list = (more: Partial<ListTasksCommandInput> = {}) => rig.ecs.send(new ListTasksCommand({ cluster: CLUSTER, ...more }));

describe('ListTasks', () => {
  it('gives 100 tasks a page and a token for the rest', async () => {
    const first = await list();
    const second = await list({ nextToken: first.nextToken });
    expect(first.taskArns).toEqual(arns.slice(0, 100));
    expect(second.taskArns).toEqual(arns.slice(100));
    expect(second.nextToken).toBeUndefined();
  });

  it('filters by startedBy, by family and by desired status', async () => {
    expect((await list({ startedBy: 'fgr/1' })).taskArns).toHaveLength(50);
    expect((await list({ family: FAMILY })).taskArns).toHaveLength(100);
    expect((await list({ family: 'other' })).taskArns).toEqual([]);
    expect((await list({ desiredStatus: 'STOPPED' })).taskArns).toEqual([]);
    expect((await list({ desiredStatus: 'PENDING' })).taskArns).toEqual([]);
  });

  it('finds a stopped task by startedBy', async () => {
    const { tasks } = await rig.ecs.send(new RunTaskCommand(rig.request({ cluster: CLUSTER, startedBy: 'fgr/gone' })));
    await rig.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: tasks?.[0]?.taskArn }));
    expect((await list({ startedBy: 'fgr/gone' })).taskArns).toEqual([]);
    expect((await list({ startedBy: 'fgr/gone', desiredStatus: 'STOPPED' })).taskArns).toEqual([tasks?.[0]?.taskArn]);
  });

  it.each<Partial<ListTasksCommandInput>>([
    { startedBy: 'fgr/1', family: FAMILY },
    { startedBy: 'fgr/1', launchType: 'FARGATE' },
    { maxResults: 101 },
    { nextToken: 'forged' },
  ])('refuses %o', async (more) => {
    await expect(list(more)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('DescribeTasks', () => {
  it('takes 100 ids, by ARN or id, and shows tags only on request', async () => {
    const ids = arns.slice(0, 100).map((arn, at) => (at % 2 ? arn : (arn.split('/').at(-1) ?? '')));
    const { tasks, failures } = await rig.ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: ids }));
    expect(tasks?.map((task) => task.taskArn)).toEqual(arns.slice(0, 100));
    expect(tasks?.[0]?.tags).toEqual([]);
    expect(failures).toEqual([]);
  });

  it('refuses 101', async () => {
    const call = rig.ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: arns.slice(0, 101) }));
    await expect(call).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('says MISSING for what is not there', async () => {
    const id = '0'.repeat(32);
    const { failures } = await rig.ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: [id] }));
    expect(failures).toEqual([{ arn: `arn:aws:ecs:eu-central-1:000000000000:task/${CLUSTER}/${id}`, reason: 'MISSING' }]);
  });
});

describe('DescribeClusters', () => {
  it('knows clusters by name and ARN', async () => {
    const arn = await rig.control.putCluster({ name: 'arn:aws:ecs:eu-central-1:111122223333:cluster/other' });
    const { clusters, failures } = await rig.ecs.send(new DescribeClustersCommand({ clusters: [CLUSTER, arn, 'nowhere'] }));
    expect(clusters).toMatchObject([
      { clusterName: CLUSTER, status: 'ACTIVE', capacityProviders: ['FARGATE', 'FARGATE_SPOT'], defaultCapacityProviderStrategy: [] },
      { clusterArn: 'arn:aws:ecs:eu-central-1:111122223333:cluster/other' },
    ]);
    expect(failures).toEqual([{ arn: 'arn:aws:ecs:eu-central-1:000000000000:cluster/nowhere', reason: 'MISSING' }]);
  });
});

describe('DescribeTaskDefinition', () => {
  const describeDefinition = async (taskDefinition: string) =>
    (await rig.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition;

  it('resolves a family to its latest revision, and knows revisions and ARNs', async () => {
    const container = { name: 'a', image: 'i' };
    const arn = await rig.control.putTaskDefinition({ family: 'twice', cpu: '256', memory: '512', containerDefinitions: [container] });
    await rig.control.putTaskDefinition({ family: 'twice', cpu: '512', memory: '1024', containerDefinitions: [container] });
    expect(await describeDefinition('twice')).toMatchObject({ revision: 2, cpu: '512' });
    expect(await describeDefinition('twice:1')).toMatchObject({ revision: 1, cpu: '256' });
    expect(await describeDefinition(arn)).toMatchObject({ taskDefinitionArn: arn, revision: 1 });
  });

  it('shows the containers of a worker', async () => {
    const containers = (await describeDefinition(FAMILY))?.containerDefinitions;
    expect(containers?.map((one) => one.name)).toEqual([WORKER_CONTAINER, DEADLINE_CONTAINER]);
  });

  it('refuses an unknown one', async () => {
    await expect(describeDefinition('nothing')).rejects.toMatchObject({ name: 'ClientException' });
  });
});

describe('the documented rates', () => {
  const sendAll = async (limited: AwsRig, count: number, command: () => RunTaskCommand | DescribeTasksCommand | StopTaskCommand) => {
    const calls = Array.from({ length: count }, () => {
      const next = command();
      if (next instanceof RunTaskCommand) return limited.ecs.send(next);
      return next instanceof StopTaskCommand ? limited.ecs.send(next) : limited.ecs.send(next);
    });
    const names = (await Promise.allSettled(calls)).map((one) => (one.status === 'rejected' ? String(one.reason.name) : 'ok'));
    return { ok: names.filter((name) => name === 'ok').length, throttled: names.filter((name) => name === 'ThrottlingException').length };
  };

  it('let 20 RunTasks through at once, then 20 a second', async () => {
    const clock = new ManualClock();
    await using limited = await startAwsRig({}, clock);
    const runTask = () => new RunTaskCommand(limited.request());
    expect(await sendAll(limited, 25, runTask)).toEqual({ ok: 20, throttled: 5 });
    await clock.advance(500);
    expect(await sendAll(limited, 15, runTask)).toEqual({ ok: 10, throttled: 5 });
  });

  it('let 100 reads through at once, then 20 a second, and count them apart from changes', async () => {
    const clock = new ManualClock();
    await using limited = await startAwsRig({}, clock);
    const read = () => new DescribeTasksCommand({ cluster: CLUSTER, tasks: ['0'.repeat(32)] });
    expect(await sendAll(limited, 105, read)).toEqual({ ok: 100, throttled: 5 });
    await clock.advance(1000);
    expect(await sendAll(limited, 25, read)).toEqual({ ok: 20, throttled: 5 });
    expect(await sendAll(limited, 1, () => new RunTaskCommand(limited.request()))).toEqual({ ok: 1, throttled: 0 });
  });

  it('let 100 StopTasks through at once, then 40 a second', async () => {
    const clock = new ManualClock();
    await using limited = await startAwsRig({}, clock);
    const { tasks } = await limited.ecs.send(new RunTaskCommand(limited.request()));
    const stop = () => new StopTaskCommand({ cluster: CLUSTER, task: tasks?.[0]?.taskArn });
    expect(await sendAll(limited, 104, stop)).toEqual({ ok: 99, throttled: 5 });
    await clock.advance(1000);
    expect(await sendAll(limited, 45, stop)).toEqual({ ok: 40, throttled: 5 });
  });
});
