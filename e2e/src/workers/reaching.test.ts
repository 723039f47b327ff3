import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  assertWholeTrace,
  closeRig,
  type EndedJob,
  endedJob,
  everyTaskStopped,
  type ManagerUnderTest,
  Rig,
  runJob,
} from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

describe('a worker that is hard to get', () => {
  let rig: Rig;
  let manager: ManagerUnderTest;
  beforeAll(async () => {
    rig = await Rig.start({
      runners: [
        { name: 'one', tags: ['one'] },
        { name: 'two', tags: ['two'] },
      ],
      aws: { worker: { isolation: 'none' } },
    });
    manager = await rig.startManager();
  });
  beforeEach(() => rig.aws.control.clearCalls());
  afterAll(() => closeRig(rig));

  it('refuses SSH for a while, then our key once, and then serves the job', async () => {
    await rig.aws.control.failWorkers({ sshRefusedMs: 20_000, authRefusals: 1 });
    const ended = await runJob(rig, { tags: ['one'], script: ['echo "it works"'] });
    expect(ended.job.status).toBe('success');
    expect(count(ended, 'it works')).toBe(1);
    expect(await placements(ended.job.id)).toHaveLength(1);
    await assertWholeTrace(rig, ended.job.id);
  });

  it('names another nonce: it gets no script, its task is stopped, and the log says why', async () => {
    await rig.aws.control.failWorkers({ wrongNonce: 'the-nonce-of-somebody-else' });
    const marker = join(rig.folder, 'a-script-ran');
    const ended = await runJob(rig, { tags: ['one'], script: [`touch ${marker}`], afterScript: [`touch ${marker}`] });
    expect(ended.job).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure' });
    const last = ended.lines.findLast((line) => line.startsWith('ERROR: '));
    expect(last).toMatch(
      /^ERROR: Job failed \(system failure\): no worker: the host at 127\S+ is not the task that was started: it named another nonce/,
    );
    expect(last).toContain('nothing was sent to it');
    expect(ended.text).not.toContain('somebody-else');
    expect(existsSync(marker)).toBe(false);
    expect((await eventsOf(ended.job.id)).filter((name) => name.startsWith('stage.') || name === 'worker.connected')).toEqual([]);
    await everyTaskStopped(rig);
    await assertWholeTrace(rig, ended.job.id);
  });

  it('stops before it runs: the log has the reason and the cure, and no second one is tried in vain', async () => {
    await rig.aws.control.failWorkers({ failsToStart: 'CannotPullContainerError: registry.example.com/worker:1: not found' });
    const ended = await runJob(rig, { tags: ['one'], script: ['echo never'] });
    expect(ended.job).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure' });
    const last = ended.lines.findLast((line) => line.startsWith('ERROR: '));
    expect(last).toContain('no worker: the image of the worker could not be pulled');
    expect(last).toContain('CannotPullContainerError: registry.example.com/worker:1: not found');
    expect(last).toContain("check the image's name");
    expect(count(ended, 'never')).toBe(0);
    expect(await placements(ended.job.id)).toEqual([]);
    expect((await rig.aws.control.callCounts()).get('RunTask')).toBe(1);
    await assertWholeTrace(rig, ended.job.id);
  });

  it('may be started already though nobody said so: asked again in the same words, there is one task', async () => {
    const before = (await rig.aws.control.tasks()).length;
    await rig.aws.control.failCalls('RunTask', { kind: 'ambiguous' });
    const ended = await runJob(rig, { tags: ['one'], script: ['echo "it works"'] });
    expect(ended.job.status).toBe('success');
    expect(count(ended, 'it works')).toBe(1);
    const runs = (await rig.aws.control.calls()).filter(({ action }) => action === 'RunTask');
    expect(runs.map(({ outcome }) => outcome)).toEqual(['dropped', 'ok']);
    expect(runs[1]?.parameters).toEqual(runs[0]?.parameters);
    expect((await rig.aws.control.tasks()).length - before).toBe(1);
    await assertWholeTrace(rig, ended.job.id);
  });

  it('is not to be had: the runner asks for no more work, the other one does, and the job is placed anew', async () => {
    const { control } = rig.gitlab;
    const already = (await manager.events()).filter((event) => event.get('event') === 'placement.failed').length;
    await rig.aws.control.failCalls('RunTask', { kind: 'capacity' });
    const first = await control.enqueueJob({ tags: ['one'], script: ['echo "it works"'] });
    await manager.logged('placement.failed', already + 1);
    const second = await control.enqueueJob({ tags: ['one'], script: ['echo "it works"'] });
    const other = await control.enqueueJob({ tags: ['two'], script: ['echo "it works"'] });
    const ended = await Promise.all([other, first, second].map(({ id }) => endedJob(rig, id)));
    expect(ended.map(({ job }) => job.status)).toEqual(['success', 'success', 'success']);
    const order = (await manager.events()).map((event) => `${event.get('event')} ${event.get('jobId')}`);
    expect(order.indexOf(`job.accepted ${other.id}`)).toBeLessThan(order.indexOf(`worker.connected ${first.id}`));
    expect(order.indexOf(`job.accepted ${second.id}`)).toBeGreaterThan(order.indexOf(`worker.connected ${first.id}`));
    const warning = ended[1]?.lines.find((line) => line.startsWith('WARNING: '));
    expect(warning).toContain('Placement 1 failed: AWS has no Fargate capacity of this kind at the moment');
    const failed = (await manager.events()).filter((event) => event.get('event') === 'placement.failed' && event.get('jobId') === first.id);
    const placed = await placements(first.id);
    expect(placed).toHaveLength(1);
    expect(failed.map((event) => event.get('placementId'))).not.toEqual(placed);
    for (const { id } of [first, second, other]) await assertWholeTrace(rig, id);
  });

  async function eventsOf(jobId: string): Promise<string[]> {
    return (await manager.events()).filter((event) => event.get('jobId') === jobId).map((event) => event.get('event') ?? '');
  }

  /** The placements of a job that became a task which a worker answered from. */
  async function placements(jobId: string): Promise<string[]> {
    const placed = (await manager.events()).filter((event) => event.get('event') === 'job.placed' && event.get('jobId') === jobId);
    const connected = (await eventsOf(jobId)).includes('worker.connected');
    return connected ? placed.map((event) => event.get('placementId') ?? '') : [];
  }
});

function count({ lines }: EndedJob, line: string): number {
  return lines.filter((each) => each === line).length;
}
