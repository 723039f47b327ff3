import { ManualClock, seededRandom } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { EcsFleet } from '../../fleet/ecs-fleet.ts';
import { placementFacts } from '../../fleet/placement-facts.test-double.ts';
import { buildPlacement } from '../../fleet/placement-request.ts';
import { ScriptedEcsGateway } from '../../fleet/scripted-ecs-gateway.test-double.ts';
import { storePlacement } from '../../fleet/stored-placement.ts';
import { MemoryJobStore } from '../../store/memory-job-store.test-double.ts';
import { sampleRecord } from '../../store/sample-record.test-double.ts';
import type { ManagerEvent } from '../../telemetry/manager-event.ts';
import { reclaimJob } from './reclaiming.ts';
import { RecordedJob } from '../recorded-job.ts';

const never = new AbortController().signal;

/** A job that is over, with a placement for each task; `undefined`: nobody lived to record the task. */
async function rig(taskArns: readonly (string | undefined)[]) {
  const clock = new ManualClock();
  const gateway = new ScriptedEcsGateway(clock);
  const store = new MemoryJobStore(clock);
  const fleet = new EcsFleet({ gateway, clock, random: seededRandom(1) });
  const events: ManagerEvent[] = [];
  const placements = taskArns.map((taskArn, at) => {
    const request = buildPlacement(placementFacts({ placementId: `p${at}` }));
    return { id: request.id, region: request.region, request: storePlacement(request), ...(taskArn !== undefined && { taskArn }) };
  });
  const record = sampleRecord({ placements, phase: 'reclaiming' });
  const created = await store.create(record);
  if (created.kind !== 'created') throw new Error('there is such a job already');
  const job = new RecordedJob({ record, version: created.version }, { store, clock });
  const tools = { clock, fleet, emit: (event: ManagerEvent) => void events.push(event) };
  return {
    clock,
    gateway,
    reclaim: (leave = never) => reclaimJob(tools, job, leave),
    isOver: async () => (await store.read(record.jobId)) === undefined,
    stopped: () => gateway.callsOf('stopTask').map(({ of }) => of[0]),
    told: () => events.map(({ name }) => name),
  };
}

describe('reclaiming a job', () => {
  it('stops the task that runs though ECS has forgotten all those before it', async () => {
    const { clock, gateway, reclaim, isOver, told } = await rig(['task-1', 'task-2', 'task-3', 'task-4', 'task-5']);
    gateway.put('task-5', { lastStatus: 'RUNNING' });
    const reclaimed = reclaim();
    await clock.advance(0);
    expect(gateway.tasks.get('task-5')?.desiredStatus).toBe('STOPPED');
    await clock.advance(60_000);
    await reclaimed;
    expect([await isOver(), told()]).toEqual([true, ['job.reclaimed']]);
  });

  it('leaves the record as it is while one task can not be stopped, and has stopped the others', async () => {
    const { clock, gateway, reclaim, isOver, stopped } = await rig(['task-1', 'task-2']);
    gateway.put('task-1', { lastStatus: 'RUNNING' });
    gateway.put('task-2', { lastStatus: 'RUNNING' });
    const stopTask = gateway.stopTask.bind(gateway);
    const denied = { kind: 'exception', type: 'AccessDeniedException', message: 'no', certainty: 'refused', resourceIds: [] } as const;
    gateway.stopTask = async (task, reason, signal) => (task.taskArn === 'task-1' ? denied : stopTask(task, reason, signal));
    const reclaimed = reclaim();
    const failed = expect(reclaimed).rejects.toThrow('nothing happened within 120000 ms');
    await clock.advance(120_000);
    await failed;
    expect([await isOver(), stopped()]).toEqual([false, ['task-2']]);
  });

  it('finds the task of a request that nobody knows the answer of', async () => {
    const { clock, gateway, reclaim, isOver, stopped } = await rig([undefined]);
    await gateway.runTask('eu-west-1', buildPlacement(placementFacts({ placementId: 'p0' })).runTask, never);
    const reclaimed = reclaim();
    await clock.advance(1000);
    await reclaimed;
    expect([await isOver(), stopped()]).toEqual([true, ['task-1']]);
  });

  it('ends at once when it is told to leave, with nothing left behind on the clock', async () => {
    const { clock, reclaim, isOver } = await rig(['task-1', 'task-2']);
    const leave = new AbortController();
    const reclaimed = reclaim(leave.signal);
    const left = expect(reclaimed).rejects.toThrow('a successor has it');
    await clock.advance(1000);
    leave.abort(new Error('a successor has it'));
    await left;
    await clock.advance(0);
    expect([await isOver(), clock.sleeping]).toEqual([false, 0]);
  });
});
