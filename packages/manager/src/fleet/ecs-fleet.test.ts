import { setMaxListeners } from 'node:events';
import { ManualClock, seededRandom } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { EcsFleet, type FleetTrouble } from './ecs-fleet.ts';
import { PacedEcsGateway } from './paced-ecs-gateway.ts';
import { placementFacts } from './placement-facts.test-double.ts';
import { buildPlacement } from './placement-request.ts';
import { refused, ScriptedEcsGateway, throttled, unclear } from './scripted-ecs-gateway.test-double.ts';

const never = new AbortController().signal;
setMaxListeners(0, never);
const placement = buildPlacement(placementFacts());
const cluster = { region: placement.region, clusterArn: placement.runTask.cluster };
const placed = (adopted: boolean) => ({ kind: 'placed', task: { ...cluster, taskArn: 'task-1' }, adopted });

function rig() {
  const clock = new ManualClock();
  const gateway = new ScriptedEcsGateway(clock);
  const troubles: FleetTrouble[] = [];
  const paced = new PacedEcsGateway(gateway, { clock, random: seededRandom(1) });
  const fleet = new EcsFleet({ gateway: paced, clock, random: seededRandom(1), onTrouble: (trouble) => troubles.push(trouble) });
  const settle = async <T>(work: Promise<T>) => {
    await clock.advance(120_000);
    return work;
  };
  return { clock, gateway, fleet, troubles, settle, tokens: () => gateway.callsOf('runTask').map((call) => call.of[0]) };
}

describe('EcsFleet.place', () => {
  it('starts one task and does not look for another before', async () => {
    const { fleet, gateway } = rig();
    expect(await fleet.place(placement, { mayExist: false }, never)).toEqual(placed(false));
    expect(gateway.calls.map((call) => call.api)).toEqual(['runTask']);
  });

  it('looks first when the request may have been sent, and adopts what it finds', async () => {
    const { fleet, gateway } = rig();
    await fleet.place(placement, { mayExist: false }, never);
    expect(await fleet.place(placement, { mayExist: true }, never)).toEqual(placed(true));
    expect(gateway.callsOf('runTask').length).toBe(1);
    expect(await fleet.find(placement, never)).toEqual({ ...cluster, taskArn: 'task-1' });
  });

  it('sends the request when it finds nothing', async () => {
    const { fleet, gateway } = rig();
    expect(await fleet.find(placement, never)).toBeUndefined();
    expect(await fleet.place(placement, { mayExist: true }, never)).toEqual(placed(false));
    expect(gateway.tasks.size).toBe(1);
  });

  it('sends the same token again while the answer is unclear, and has one task', async () => {
    const { fleet, gateway, settle, tokens, troubles } = rig();
    gateway.trouble('runTask', { exception: unclear, takesEffect: true });
    gateway.trouble('runTask', { exception: { ...unclear, type: 'ServerException' } });
    expect(await settle(fleet.place(placement, { mayExist: false }, never))).toEqual(placed(false));
    expect(tokens()).toEqual(Array(3).fill(placement.runTask.clientToken));
    expect(gateway.tasks.size).toBe(1);
    expect(troubles.map(({ api, exception }) => [api, exception.type])).toEqual([
      ['RunTask', 'ECONNRESET'],
      ['RunTask', 'ServerException'],
    ]);
  });

  it('adopts the task that a conflict names', async () => {
    const { fleet, gateway } = rig();
    gateway.trouble('runTask', { exception: refused('ConflictException', 'other parameters', ['task-1']) });
    expect(await fleet.place(placement, { mayExist: false }, never)).toEqual(placed(true));
  });

  it('looks for a task when a refusal follows an unclear answer', async () => {
    const { fleet, gateway, settle } = rig();
    gateway.trouble('runTask', { exception: unclear, takesEffect: true });
    gateway.trouble('runTask', { exception: refused('AccessDeniedException', 'no longer') });
    expect(await settle(fleet.place(placement, { mayExist: false }, never))).toEqual(placed(true));
  });

  it('makes a definite refusal a failure at once', async () => {
    const { fleet, gateway } = rig();
    gateway.trouble('runTask', { exception: refused('ClusterNotFoundException', 'Cluster not found.') });
    const outcome = await fleet.place(placement, { mayExist: false }, never);
    expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'FR_FLEET_NO_CLUSTER', retry: 'give up' } });
  });

  it('fails rather than starting a second task when it may not look', async () => {
    const { fleet, gateway } = rig();
    gateway.trouble('listTasksStartedBy', { exception: refused('AccessDeniedException', 'ecs:ListTasks') });
    const outcome = await fleet.place(placement, { mayExist: true }, never);
    expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'FR_FLEET_ACCESS_DENIED' } });
    expect(gateway.callsOf('runTask')).toEqual([]);
  });

  it('waits as long as its signal lets it', async () => {
    const { clock, fleet, gateway } = rig();
    for (let turn = 0; turn < 500; turn++) gateway.trouble('runTask', { exception: unclear });
    const patience = new AbortController();
    setMaxListeners(0, patience.signal);
    const placing = fleet.place(placement, { mayExist: false }, patience.signal);
    placing.catch(() => undefined);
    await clock.advance(600_000);
    patience.abort(new Error('too late'));
    await expect(placing).rejects.toThrow('too late');
    expect(clock.sleeping).toBe(0);
  });

  it('shares one pace for RunTask among all jobs: 20 at once, 20 a second, and a pause for all when throttled', async () => {
    const { clock, fleet, gateway } = rig();
    const start = clock.monotonic();
    const place = (id: number) => fleet.place(buildPlacement(placementFacts({ placementId: `p${id}` })), { mayExist: false }, never);
    const placing = Promise.all(Array.from({ length: 60 }, (_, id) => place(id)));
    await clock.advance(2000);
    await placing;
    const within = (ms: number) => gateway.callsOf('runTask').filter((call) => call.at - start <= ms).length;
    expect([within(0), within(1000), within(2000)]).toEqual([20, 40, 60]);
    gateway.trouble('runTask', { exception: throttled });
    await clock.advance(10_000);
    const again = Promise.all([place(100), place(101)]);
    await clock.advance(0);
    const late = place(102);
    await clock.advance(200);
    expect(gateway.callsOf('runTask').filter((call) => call.at - start > 10_000).length).toBe(2);
    await clock.advance(2000);
    expect((await again).map((outcome) => outcome.kind)).toEqual(['placed', 'placed']);
    expect((await late).kind).toBe('placed');
  });
});

describe('EcsFleet waiting and stopping', () => {
  const task = { ...cluster, taskArn: 'task-9' };

  it('gives the address as soon as there is one', async () => {
    const { clock, fleet, gateway } = rig();
    gateway.put('task-9');
    const waiting = fleet.awaitAddress(task, never);
    await clock.advance(400);
    gateway.put('task-9', { address: '10.0.0.9', lastStatus: 'PENDING' });
    await clock.advance(200);
    expect(await waiting).toEqual({ kind: 'address', host: '10.0.0.9' });
  });

  it('says why there will be no address', async () => {
    const { clock, fleet, gateway } = rig();
    const stoppedReason = 'CannotPullContainerError: not found';
    gateway.put('task-9', { desiredStatus: 'STOPPED', stopCode: 'TaskFailedToStart', stoppedReason, address: '10.0.0.9' });
    const waiting = fleet.awaitAddress(task, never);
    await clock.advance(200);
    expect(await waiting).toMatchObject({
      kind: 'stopped',
      stop: { stopCode: 'TaskFailedToStart', stoppedReason, wasRunning: false, failure: { code: 'FR_FLEET_IMAGE' } },
    });
  });

  it('tells that a task is stopping before it has stopped', async () => {
    const { clock, fleet, gateway } = rig();
    gateway.put('task-9', { lastStatus: 'RUNNING', hasStarted: true });
    const waiting = fleet.awaitStopped(task, never);
    await clock.advance(1000);
    gateway.put('task-9', { desiredStatus: 'STOPPED', stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' });
    await clock.advance(5000);
    expect(await waiting).toMatchObject({ stopCode: 'SpotInterruption', wasRunning: true, failure: { retry: 'now' } });
  });

  it('looks for a stop at once, in one call, though somebody else waits for it longer', async () => {
    const { clock, fleet, gateway } = rig();
    gateway.put('task-9', { lastStatus: 'RUNNING', hasStarted: true });
    const stopped = fleet.awaitStopped(task, never);
    await clock.advance(1000);
    const calls = gateway.callsOf('describeTasks').length;
    const first = fleet.lookForStop(task, never);
    await clock.advance(200);
    expect([await first, gateway.callsOf('describeTasks').length]).toEqual([undefined, calls + 1]);
    gateway.put('task-9', { desiredStatus: 'STOPPED', stopCode: 'SpotInterruption' });
    const second = fleet.lookForStop(task, never);
    await clock.advance(200);
    expect((await second)?.stopCode).toBe('SpotInterruption');
    await clock.advance(5000);
    expect((await stopped).stopCode).toBe('SpotInterruption');
  });

  it('gives up a look for a stop after 5 s, and at once with its signal', async () => {
    const { clock, fleet, gateway } = rig();
    gateway.put('task-9', { lastStatus: 'RUNNING', hasStarted: true });
    for (let turn = 0; turn < 50; turn++) gateway.trouble('describeTasks', { exception: throttled });
    const look = fleet.lookForStop(task, never);
    await clock.advance(5000);
    expect(await look).toBeUndefined();
    const leaving = new AbortController();
    const second = fleet.lookForStop(task, leaving.signal);
    leaving.abort(new Error('leaving'));
    await expect(second).rejects.toThrow('leaving');
    await clock.advance(0);
    expect(clock.sleeping).toBe(0);
  });

  it('does not take a task for stopped because it may not look', async () => {
    const { clock, fleet, gateway } = rig();
    gateway.put('task-9', { lastStatus: 'RUNNING', hasStarted: true });
    for (let turn = 0; turn < 20; turn++) gateway.trouble('describeTasks', { exception: refused('AccessDeniedException', 'no') });
    const stopped = fleet.awaitStopped(task, never);
    const address = fleet.awaitAddress(task, never);
    await clock.advance(60_000);
    expect(await address).toMatchObject({
      kind: 'stopped',
      stop: { stopCode: 'Unwatchable', failure: { code: 'FR_FLEET_ACCESS_DENIED' } },
    });
    gateway.put('task-9', { desiredStatus: 'STOPPED', stopCode: 'UserInitiated' });
    await clock.advance(300_000);
    expect((await stopped).stopCode).toBe('UserInitiated');
  });

  it('stops a task, through throttling and dropped connections', async () => {
    const { fleet, gateway, settle } = rig();
    gateway.put('task-9', { lastStatus: 'RUNNING' });
    gateway.trouble('stopTask', { exception: throttled });
    gateway.trouble('stopTask', { exception: unclear });
    expect(await settle(fleet.stop(task, 'job 1 is over', never))).toEqual({ kind: 'stopped' });
    expect(gateway.tasks.get('task-9')?.stoppedReason).toBe('job 1 is over');
  });

  it('takes a refused StopTask for done when the task is stopping or unknown', async () => {
    const { fleet, gateway, settle } = rig();
    gateway.put('task-9', { desiredStatus: 'STOPPED' });
    gateway.trouble('stopTask', { exception: refused('AccessDeniedException', 'ecs:StopTask') });
    expect(await settle(fleet.stop(task, 'again', never))).toEqual({ kind: 'stopped' });
    gateway.tasks.clear();
    gateway.trouble('stopTask', { exception: refused('InvalidParameterException', 'The referenced task was not found.') });
    expect(await settle(fleet.stop(task, 'again', never))).toEqual({ kind: 'stopped' });
  });

  it('says so when a task that runs could not be stopped', async () => {
    const { fleet, gateway, settle } = rig();
    gateway.put('task-9', { lastStatus: 'RUNNING' });
    gateway.trouble('stopTask', { exception: refused('AccessDeniedException', 'ecs:StopTask') });
    expect(await settle(fleet.stop(task, 'x', never))).toEqual({ kind: 'failed', cause: expect.stringContaining('ecs:StopTask') });
  });
});
