import {
  type CapacityProviderStrategyItem,
  DescribeTasksCommand,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { ManualClock } from '@fargate-gitlab-runner/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsRig, CLUSTER, ecsClient, FAMILY, startAwsRig } from '../aws-rig.contract.ts';

let rig: AwsRig;
beforeAll(async () => {
  rig = await startAwsRig({ throttling: false });
});
afterAll(() => rig[Symbol.asyncDispose]());

const network = (subnets: string[], securityGroups: string[]) => ({
  networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups } },
});
const strategy = (...items: CapacityProviderStrategyItem[]) => ({ capacityProviderStrategy: items });
const overrides = (value: string) => ({
  overrides: { containerOverrides: [{ name: 'ci-coordinator', environment: [{ name: 'BIG', value }] }] },
});
const empty = JSON.stringify(overrides('').overrides).length;
const many = (count: number, prefix: string) => Array.from({ length: count }, (_, at) => `${prefix}-${at}`);
const tags = (count: number) => Array.from({ length: count }, (_, at) => ({ key: `key-${at}`, value: 'v' }));

const REFUSED: readonly [string, Partial<RunTaskCommandInput>, string, RegExp][] = [
  ['an unknown cluster', { cluster: 'nowhere' }, 'ClusterNotFoundException', /not found/],
  ['an unknown family', { taskDefinition: 'nothing' }, 'ClientException', /not found/],
  ['an unknown revision', { taskDefinition: `${FAMILY}:7` }, 'ClientException', /not found/],
  ['no definition at all', { taskDefinition: undefined }, 'ClientException', /blank/],
  ['launch type together with a strategy', { launchType: 'FARGATE' }, 'InvalidParameterException', /both/],
  [
    'neither on a cluster without a default',
    strategy(),
    'InvalidParameterException',
    /No Container Instances were found in your cluster\./,
  ],
  ['launch type EC2', { ...strategy(), launchType: 'EC2' }, 'InvalidParameterException', /No Container Instances/],
  [
    'a strategy whose weights are all 0',
    strategy({ capacityProvider: 'FARGATE' }),
    'InvalidParameterException',
    /weight greater than zero/,
  ],
  [
    'a provider the cluster does not have',
    strategy({ capacityProvider: 'mine', weight: 1 }),
    'InvalidParameterException',
    /not associated/,
  ],
  [
    'two bases',
    strategy({ capacityProvider: 'FARGATE', weight: 1, base: 1 }, { capacityProvider: 'FARGATE_SPOT', base: 1 }),
    'InvalidParameterException',
    /base/,
  ],
  ['no awsvpcConfiguration', { networkConfiguration: {} }, 'InvalidParameterException', /Network Configuration must be provided/],
  ['no subnet', network([], ['sg-1']), 'InvalidParameterException', /subnets/],
  ['17 subnets', network(many(17, 'subnet'), ['sg-1']), 'InvalidParameterException', /at most 16/],
  ['6 security groups', network(['subnet-1'], many(6, 'sg')), 'InvalidParameterException', /at most 5/],
  ['overrides of 8193 characters', overrides('x'.repeat(8193 - empty)), 'InvalidParameterException', /8192/],
  [
    'an override of a container that is not there',
    { overrides: { containerOverrides: [{ name: 'other' }] } },
    'InvalidParameterException',
    /other/,
  ],
  [
    'a size that Fargate does not have',
    { overrides: { cpu: '256', memory: '4096' } },
    'InvalidParameterException',
    /No Fargate configuration/,
  ],
  ['a startedBy with other characters', { startedBy: 'job 1' }, 'InvalidParameterException', /startedBy/],
  ['a startedBy of 129 characters', { startedBy: 'x'.repeat(129) }, 'InvalidParameterException', /startedBy/],
  ['a clientToken of 65 characters', { clientToken: 'x'.repeat(65) }, 'InvalidParameterException', /clientToken/],
  ['a clientToken with a space', { clientToken: 'a b' }, 'InvalidParameterException', /clientToken/],
  ['a count of 0', { count: 0 }, 'InvalidParameterException', /Count/],
  ['a count of 11', { count: 11 }, 'InvalidParameterException', /Count/],
  ['51 tags', { tags: tags(51) }, 'InvalidParameterException', /50/],
  ['a tag key twice', { tags: [...tags(1), ...tags(1)] }, 'InvalidParameterException', /Duplicate/],
  ['a reserved tag key', { tags: [{ key: 'aws:mine', value: '' }] }, 'InvalidParameterException', /reserved/],
  ['a tag key of 129 characters', { tags: [{ key: 'k'.repeat(129), value: '' }] }, 'InvalidParameterException', /128/],
  ['a tag value of 257 characters', { tags: [{ key: 'k', value: 'v'.repeat(257) }] }, 'InvalidParameterException', /256/],
  ['propagateTags SERVICE', { propagateTags: 'SERVICE' }, 'InvalidParameterException', /propagateTags/],
  ['a platform version that does not exist', { platformVersion: '9.9.9' }, 'PlatformUnknownException', /platform/],
  ['execute command without a task role', { enableExecuteCommand: true }, 'InvalidParameterException', /taskRoleArn/],
];

describe('RunTask', () => {
  it.each(REFUSED)('refuses %s', async (_what, more, name, message) => {
    const call = rig.ecs.send(new RunTaskCommand(rig.request(more)));
    await expect(call).rejects.toMatchObject({ name, message: expect.stringMatching(message), $metadata: { httpStatusCode: 400 } });
  });

  it('refuses an inactive definition', async () => {
    const container = { name: 'ci-coordinator', image: 'i' };
    await rig.control.putTaskDefinition({
      family: 'old',
      cpu: '256',
      memory: '512',
      status: 'INACTIVE',
      containerDefinitions: [container],
    });
    const call = rig.ecs.send(new RunTaskCommand(rig.request({ taskDefinition: 'old:1' })));
    await expect(call).rejects.toMatchObject({ name: 'ClientException', message: 'TaskDefinition is inactive' });
  });

  it('refuses a definition of a size that Fargate does not have', async () => {
    const definition = { family: 'odd', cpu: '256', memory: '3072', containerDefinitions: [{ name: 'a', image: 'i' }] };
    await expect(rig.control.putTaskDefinition(definition)).rejects.toThrow('No Fargate configuration');
  });

  it.each<[string, Partial<RunTaskCommandInput>]>([
    ['overrides of 8192 characters', overrides('x'.repeat(8192 - empty))],
    ['a legal size', { overrides: { cpu: '1024', memory: '3072' } }],
    ['16 subnets and 5 security groups', network(many(16, 'subnet'), many(5, 'sg'))],
    ['50 tags', { tags: tags(50) }],
    ['launch type FARGATE', { ...strategy(), launchType: 'FARGATE' }],
  ])('takes %s', async (_what, more) => {
    const { tasks, failures } = await rig.ecs.send(new RunTaskCommand(rig.request(more)));
    expect(tasks).toMatchObject([{ lastStatus: 'PROVISIONING', desiredStatus: 'RUNNING' }]);
    expect(failures).toEqual([]);
  });

  it("takes the cluster's default strategy when there is none in the request", async () => {
    await rig.control.putCluster({ name: 'spotty', defaultStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] });
    const { tasks } = await rig.ecs.send(new RunTaskCommand(rig.request({ ...strategy(), cluster: 'spotty' })));
    expect(tasks?.[0]).toMatchObject({ capacityProviderName: 'FARGATE_SPOT' });
  });

  it('fills the base first, then goes by weight', async () => {
    const items = strategy({ capacityProvider: 'FARGATE', base: 2 }, { capacityProvider: 'FARGATE_SPOT', weight: 1 });
    const { tasks } = await rig.ecs.send(new RunTaskCommand(rig.request({ ...items, count: 4 })));
    expect(tasks?.map((task) => task.capacityProviderName)).toEqual(['FARGATE', 'FARGATE', 'FARGATE_SPOT', 'FARGATE_SPOT']);
  });
});

describe('clientToken', () => {
  it('answers the same request with the task it has started before', async () => {
    const request = rig.request({ clientToken: 'fgr-same' });
    const first = await rig.ecs.send(new RunTaskCommand(request));
    const second = await rig.ecs.send(new RunTaskCommand({ tags: request.tags, ...request }));
    expect(second.tasks?.map((task) => task.taskArn)).toEqual(first.tasks?.map((task) => task.taskArn));
  });

  it('is a conflict that names the task when the parameters differ', async () => {
    const { tasks } = await rig.ecs.send(new RunTaskCommand(rig.request({ clientToken: 'fgr-other' })));
    const call = rig.ecs.send(new RunTaskCommand(rig.request({ clientToken: 'fgr-other', startedBy: 'fgr/2' })));
    await expect(call).rejects.toMatchObject({ name: 'ConflictException', resourceIds: [tasks?.[0]?.taskArn] });
  });

  it('means another task in another cluster', async () => {
    await rig.control.putCluster({ name: 'second' });
    const here = await rig.ecs.send(new RunTaskCommand(rig.request({ clientToken: 'fgr-two' })));
    const there = await rig.ecs.send(new RunTaskCommand(rig.request({ clientToken: 'fgr-two', cluster: 'second' })));
    expect(here.tasks?.[0]?.taskArn).not.toBe(there.tasks?.[0]?.taskArn);
  });

  it('is forgotten after a day', async () => {
    const clock = new ManualClock();
    await using dated = await startAwsRig({}, clock);
    const request = dated.request({ clientToken: 'fgr-day' });
    const first = await dated.ecs.send(new RunTaskCommand(request));
    await clock.advance(24 * 3600 * 1000);
    const second = await dated.ecs.send(new RunTaskCommand(request));
    expect(second.tasks?.[0]?.taskArn).not.toBe(first.tasks?.[0]?.taskArn);
  });
});

describe('ordered faults', () => {
  it('give capacity failures with HTTP 200, then exceptions, then nothing', async () => {
    await rig.control.failCalls('RunTask', { kind: 'capacity' });
    await rig.control.failCalls('RunTask', { kind: 'exception', type: 'ServerException', message: 'oops', status: 500 });
    await rig.control.throttle('RunTask');
    const { tasks, failures } = await rig.ecs.send(new RunTaskCommand(rig.request()));
    expect(tasks).toEqual([]);
    expect(failures).toMatchObject([{ reason: expect.stringContaining('Capacity is unavailable at this time') }]);
    await expect(rig.ecs.send(new RunTaskCommand(rig.request()))).rejects.toMatchObject({
      name: 'ServerException',
      $metadata: { httpStatusCode: 500 },
    });
    await expect(rig.ecs.send(new RunTaskCommand(rig.request()))).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
    });
    expect((await rig.ecs.send(new RunTaskCommand(rig.request()))).tasks).toHaveLength(1);
  });

  it('cut the connection after the task has started, so that only the token finds it again', async () => {
    await rig.control.failCalls('RunTask', { kind: 'ambiguous' });
    const request = rig.request({ clientToken: 'fgr-cut', startedBy: 'fgr/cut' });
    await expect(rig.ecs.send(new RunTaskCommand(request))).rejects.toMatchObject({ code: 'ECONNRESET' });
    const { tasks } = await rig.ecs.send(new RunTaskCommand(request));
    const { taskArns } = await rig.ecs.send(new ListTasksCommand({ cluster: CLUSTER, startedBy: 'fgr/cut' }));
    expect(taskArns).toEqual(tasks?.map((task) => task.taskArn));
  });

  it('cut the connection before the task has started', async () => {
    await rig.control.failCalls('RunTask', { kind: 'dropped' });
    await expect(rig.ecs.send(new RunTaskCommand(rig.request({ startedBy: 'fgr/never' })))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await rig.ecs.send(new ListTasksCommand({ cluster: CLUSTER, startedBy: 'fgr/never' }))).taskArns).toEqual([]);
  });
});

describe('the protocol', () => {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListTasks' };
  const ask = async (more: Record<string, string>) => {
    const response = await fetch(rig.url, { method: 'POST', headers: { ...headers, ...more }, body: '{}' });
    return { status: response.status, body: await response.json() };
  };

  it('refuses a call without a signature', async () => {
    expect(await ask({})).toMatchObject({ status: 400, body: { __type: 'MissingAuthenticationTokenException' } });
  });

  it('refuses a signature for another service', async () => {
    const authorization = `AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
    expect(await ask({ authorization })).toMatchObject({ status: 400, body: { __type: 'InvalidSignatureException' } });
  });

  it('refuses an action it does not have', async () => {
    expect(await ask({ 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.CreateService' })).toMatchObject({
      body: { __type: 'UnknownOperationException' },
    });
  });

  it('looks for clusters in the Region of the signature', async () => {
    const elsewhere = ecsClient(rig.url, 'us-east-1');
    await expect(elsewhere.send(new ListTasksCommand({ cluster: CLUSTER }))).rejects.toMatchObject({ name: 'ClusterNotFoundException' });
    elsewhere.destroy();
  });

  it('writes down every call with its parameters and outcome', async () => {
    await using own = await startAwsRig();
    const { tasks } = await own.ecs.send(new RunTaskCommand(own.request()));
    await own.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: tasks?.[0]?.taskArn, reason: 'enough' }));
    await own.ecs.send(new DescribeTasksCommand({ cluster: 'nowhere', tasks: ['x'] })).catch(() => undefined);
    expect(await own.control.callCounts()).toEqual(new Map([['RunTask', 1], ['StopTask', 1], ['DescribeTasks', 1]])); // biome-ignore format: a map reads best on one line
    expect((await own.control.calls()).map((call) => [call.action, call.outcome])).toEqual([
      ['RunTask', 'ok'],
      ['StopTask', 'ok'],
      ['DescribeTasks', 'ClusterNotFoundException'],
    ]);
    expect((await own.control.calls())[1]?.parameters).toMatchObject({ reason: 'enough' });
  });
});
