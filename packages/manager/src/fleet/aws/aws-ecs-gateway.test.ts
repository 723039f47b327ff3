import { workerTaskDefinition } from '@fargate-gitlab-runner/blueprint';
import { type AwsOptionsInput, AwsControl, startAwsEmulator } from '@fargate-gitlab-runner/emulator-aws';
import { seededRandom, systemClock, systemRandom } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { EcsFleet } from '../ecs-fleet.ts';
import { placementFacts } from '../placement-facts.test-double.ts';
import { buildPlacement } from '../placement-request.ts';
import { AwsEcsGateway } from './aws-ecs-gateway.ts';

const never = new AbortController().signal;
const REGION = 'eu-west-1';
const CLUSTER = 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers';
const cluster = { region: REGION, clusterArn: CLUSTER };
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' };

async function startRig(options: AwsOptionsInput = {}, timeoutMs?: number) {
  const emulator = await startAwsEmulator(
    {
      region: REGION,
      account: '111122223333',
      worker: { kind: 'none' },
      clusters: [{ name: CLUSTER }],
      taskDefinitions: [workerTaskDefinition({ family: 'worker-family', image: 'example.test/worker:1', cpu: 256, memoryMiB: 512 })],
      ...options,
    },
    { clock: systemClock, random: systemRandom },
  );
  const gateway = new AwsEcsGateway({
    clock: systemClock,
    endpoint: emulator.url,
    credentials,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  const fleet = new EcsFleet({ gateway, clock: systemClock, random: seededRandom(1), describeIntervalMs: 20 });
  return {
    gateway,
    fleet,
    control: new AwsControl(emulator.url),
    [Symbol.asyncDispose]: async () => {
      gateway.close();
      await emulator.close();
    },
  };
}

const placementOf = (placementId: string) => buildPlacement(placementFacts({ placementId }));

describe('AwsEcsGateway against the ECS emulator', () => {
  it('sends the placement word for word', async () => {
    await using rig = await startRig();
    const { runTask } = placementOf('p1');
    await rig.gateway.runTask(REGION, runTask, never);
    const [call] = await rig.control.calls();
    expect(call).toEqual({ action: 'RunTask', region: REGION, parameters: runTask, outcome: 'ok' });
  });

  it('describes tasks with the address of their interface, and names those it does not know', async () => {
    await using rig = await startRig({ injectedContainers: ['aws-guardduty-agent'] });
    const started = await rig.gateway.runTask(REGION, placementOf('p1').runTask, never);
    const taskArn = started.kind === 'answered' ? (started.tasks[0]?.taskArn ?? '') : '';
    const strange = taskArn.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const answer = await rig.gateway.describeTasks(cluster, [taskArn, strange], never);
    expect(answer).toMatchObject({
      kind: 'described',
      tasks: [{ taskArn, clusterArn: CLUSTER, desiredStatus: 'RUNNING', stopCode: '', address: expect.stringMatching(/^127\./) }],
      missing: [strange],
    });
  });

  it('pages through the tasks of a cluster, and sees their tags until they are stopped', async () => {
    await using rig = await startRig({ throttling: false });
    const arns: string[] = [];
    for (let at = 0; at < 101; at++) {
      const placed = await rig.fleet.place(placementOf(`p${at}`), { mayExist: false }, never);
      arns.push(placed.kind === 'placed' ? placed.task.taskArn : '');
    }
    const first = await rig.gateway.listTasks(cluster, undefined, never);
    if (first.kind !== 'page') throw new Error(first.message);
    const second = await rig.gateway.listTasks(cluster, first.next, never);
    if (second.kind !== 'page') throw new Error(second.message);
    expect([first.taskArns.length, second.taskArns.length, second.next]).toEqual([100, 1, undefined]);
    expect(new Set([...first.taskArns, ...second.taskArns])).toEqual(new Set(arns));
    const [taskArn = ''] = arns;
    const seen = await rig.gateway.describeTagged(cluster, [taskArn], never);
    expect(seen).toMatchObject({ tasks: [{ taskArn, desiredStatus: 'RUNNING', createdAt: expect.any(Number) }] });
    expect(seen.kind === 'described' && seen.tasks[0]?.tags.get('fargate-gitlab-runner:placement')).toBe('p0');
    await rig.gateway.stopTask({ ...cluster, taskArn }, 'enough', never);
    const stopped = await rig.gateway.describeTagged(cluster, [taskArn], never);
    expect(stopped.kind === 'described' && [...(stopped.tasks[0]?.tags ?? [])]).toEqual([]);
    const left = await rig.gateway.listTasks(cluster, undefined, never);
    expect(left).toMatchObject({ kind: 'page', taskArns: expect.not.arrayContaining([taskArn]) });
  });

  it('lists revisions of families by the beginning of their names, and takes one out of use', async () => {
    await using rig = await startRig();
    for (const family of ['derived-a', 'derived-a', 'derived-b', 'other'])
      await rig.control.putTaskDefinition(workerTaskDefinition({ family, image: 'example.test/worker:1', cpu: 256, memoryMiB: 512 }));
    const families = await rig.gateway.listFamilies(REGION, { prefix: 'derived-' }, never);
    expect(families).toEqual({ kind: 'families', families: ['derived-a', 'derived-b'] });
    const arnOf = (name: string) => `arn:aws:ecs:eu-west-1:111122223333:task-definition/${name}`;
    expect(await rig.gateway.listRevisions(REGION, 'derived-a', never)).toEqual({
      kind: 'revisions',
      arns: [arnOf('derived-a:1'), arnOf('derived-a:2')],
    });
    expect(await rig.gateway.deregister(REGION, arnOf('derived-a:1'), never)).toEqual({ kind: 'deregistered' });
    expect(await rig.gateway.listRevisions(REGION, 'derived-a', never)).toMatchObject({ arns: [arnOf('derived-a:2')] });
    expect(await rig.gateway.deregister(REGION, 'derived-a', never)).toMatchObject({ kind: 'exception', certainty: 'refused' });
  });

  it('reads definitions and clusters', async () => {
    await using rig = await startRig();
    expect(await rig.gateway.describeTaskDefinition(REGION, 'worker-family', never)).toEqual({
      kind: 'definition',
      arn: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/worker-family:1',
      registeredAt: expect.any(Number),
      containers: ['ci-coordinator', 'ci-deadline'],
    });
    expect(await rig.gateway.describeTaskDefinition(REGION, 'absent', never)).toMatchObject({ kind: 'exception', certainty: 'refused' });
    const answer = await rig.gateway.describeClusters(REGION, [CLUSTER, 'absent'], never);
    expect(answer).toMatchObject({
      kind: 'clusters',
      clusters: [{ clusterArn: CLUSTER, status: 'ACTIVE', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }],
    });
    expect(answer.kind === 'clusters' && answer.missing).toHaveLength(1);
  });

  it('tells throttled, unclear and refused apart, and tries nothing twice', async () => {
    await using rig = await startRig();
    const { runTask } = placementOf('p1');
    await rig.control.throttle('RunTask');
    await rig.control.failCalls('RunTask', { kind: 'exception', type: 'ServerException', message: 'oops', status: 500 });
    await rig.control.failCalls('RunTask', { kind: 'dropped' });
    await rig.control.failCalls('RunTask', { kind: 'exception', type: 'AccessDeniedException', message: 'no' });
    await rig.control.failCalls('RunTask', { kind: 'exception', type: 'InvalidParameterException', message: 'Request limit exceeded.' });
    const certainties: string[] = [];
    for (let turn = 0; turn < 5; turn++) {
      const answer = await rig.gateway.runTask(REGION, runTask, never);
      certainties.push(answer.kind === 'exception' ? `${answer.type} ${answer.certainty}` : answer.kind);
    }
    expect(certainties).toEqual([
      'ThrottlingException throttled',
      'ServerException unclear',
      'ECONNRESET unclear',
      'AccessDeniedException refused',
      'InvalidParameterException throttled',
    ]);
    expect((await rig.control.callCounts()).get('RunTask')).toBe(5);
  });

  it('gives up on an answer that does not come, and says that it is unclear', async () => {
    await using rig = await startRig({}, 50);
    await rig.control.failCalls('RunTask', { kind: 'delay', ms: 3000 });
    expect(await rig.gateway.runTask(REGION, placementOf('p1').runTask, never)).toMatchObject({
      kind: 'exception',
      type: 'TimeoutError',
      certainty: 'unclear',
    });
  });

  it('throws the reason of an aborted signal', async () => {
    await using rig = await startRig();
    await rig.control.failCalls('RunTask', { kind: 'delay', ms: 3000 });
    const leave = new AbortController();
    const calling = rig.gateway.runTask(REGION, placementOf('p1').runTask, leave.signal);
    leave.abort(new Error('left'));
    await expect(calling).rejects.toThrow('left');
  });
});

describe('EcsFleet against the ECS emulator', () => {
  it('starts one task although the answer was lost, finds it, waits for it and stops it', async () => {
    await using rig = await startRig();
    await rig.control.failCalls('RunTask', { kind: 'ambiguous' });
    const outcome = await rig.fleet.place(placementOf('p1'), { mayExist: false }, never);
    if (outcome.kind !== 'placed') throw new Error(outcome.failure.cause);
    const { task } = outcome;
    expect((await rig.control.tasks()).map((one) => one.taskArn)).toEqual([task.taskArn]);
    expect(await rig.fleet.place(placementOf('p1'), { mayExist: true }, never)).toEqual({ kind: 'placed', task, adopted: true });
    expect(await rig.fleet.awaitAddress(task, never)).toMatchObject({ kind: 'address' });
    const stopped = rig.fleet.awaitStopped(task, never);
    expect(await rig.fleet.stop(task, 'job 1 is over', never)).toEqual({ kind: 'stopped' });
    expect(await stopped).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'job 1 is over', wasRunning: true });
    expect(await rig.fleet.find(placementOf('p1'), never)).toEqual(task);
  });

  it('adopts the task when the token was used with other parameters', async () => {
    await using rig = await startRig();
    const placement = placementOf('p1');
    const first = await rig.fleet.place(placement, { mayExist: false }, never);
    const changed = { ...placement, runTask: { ...placement.runTask, enableECSManagedTags: false } };
    expect(await rig.fleet.place(changed, { mayExist: false }, never)).toEqual({ ...first, adopted: true });
    expect(await rig.control.tasks()).toHaveLength(1);
  });

  it('calls a capacity shortage by its name', async () => {
    await using rig = await startRig();
    await rig.control.failCalls('RunTask', { kind: 'capacity' });
    const outcome = await rig.fleet.place(placementOf('p1'), { mayExist: false }, never);
    expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'FR_FLEET_NO_CAPACITY', isCapacity: true, retry: 'later' } });
  });

  it('has one task when capacity is short after an answer was lost', async () => {
    await using rig = await startRig();
    await rig.control.failCalls('RunTask', { kind: 'ambiguous' });
    await rig.control.failCalls('RunTask', { kind: 'capacity' });
    const outcome = await rig.fleet.place(placementOf('p1'), { mayExist: false }, never);
    expect(outcome).toMatchObject({ kind: 'placed', adopted: true });
    expect(await rig.control.tasks()).toHaveLength(1);
  });

  it('bears that a new task is MISSING at first', async () => {
    await using rig = await startRig({ describeMissingMs: 150 });
    const outcome = await rig.fleet.place(placementOf('p1'), { mayExist: false }, never);
    if (outcome.kind !== 'placed') throw new Error(outcome.failure.cause);
    expect(await rig.fleet.awaitAddress(outcome.task, never)).toMatchObject({ kind: 'address' });
  });

  it('takes a second StopTask, denied because the tags are gone, for done', async () => {
    await using rig = await startRig({ stopRequiresTag: 'fargate-gitlab-runner:deployment' });
    const outcome = await rig.fleet.place(placementOf('p1'), { mayExist: false }, never);
    if (outcome.kind !== 'placed') throw new Error(outcome.failure.cause);
    expect(await rig.fleet.stop(outcome.task, 'once', never)).toEqual({ kind: 'stopped' });
    expect(await rig.fleet.stop(outcome.task, 'twice', never)).toEqual({ kind: 'stopped' });
    expect((await rig.control.calls()).filter((call) => call.action === 'StopTask').map((call) => call.outcome)).toEqual([
      'ok',
      'AccessDeniedException',
    ]);
  });

  it('tells a stop of the container, of Spot and of a failed start apart', async () => {
    await using rig = await startRig();
    const wishes = [
      ['p1', { kind: 'spot' }, 'FR_FLEET_SPOT_INTERRUPTED'],
      ['p2', { kind: 'essentialExit', exitCode: 1 }, 'FR_FLEET_WORKER_EXITED'],
      ['p3', { kind: 'failedToStart', reason: 'CannotPullContainerError: toomanyrequests' }, 'FR_FLEET_IMAGE_REGISTRY'],
    ] as const;
    for (const [id, wish, code] of wishes) {
      const outcome = await rig.fleet.place(placementOf(id), { mayExist: false }, never);
      if (outcome.kind !== 'placed') throw new Error(outcome.failure.cause);
      await rig.control.stopTask(outcome.task.taskArn, wish);
      expect((await rig.fleet.awaitStopped(outcome.task, never)).failure.code).toBe(code);
    }
  });
});
