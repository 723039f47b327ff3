import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  assertWholeTrace,
  builtProgram,
  closeRig,
  endedJob,
  everyTaskStopped,
  type ManagerUnderTest,
  printed,
  Rig,
} from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const INTERVAL_MS = 500;

describe('a task whose record is lost', () => {
  let rig: Rig;
  let manager: ManagerUnderTest;
  beforeAll(async () => {
    rig = await Rig.start({
      config: { reaper: { interval_ms: INTERVAL_MS }, timing: { drain_ms: 200 } },
      aws: { stopRequiresTag: 'fargate-gitlab-runner:deployment' },
    });
    manager = await rig.startManager();
  });
  afterAll(() => closeRig(rig));

  it('is found by a dry run, which stops nothing, then by the managers, which stop it and say why; a job that runs is left alone', async () => {
    const lost = await begunJob();
    const kept = await begunJob();
    await manager.kill('SIGTERM');
    await rm(join(rig.folder, 'store', 'jobs', lost.id), { recursive: true });
    const dry = await reap('--dry-run');
    expect(dry.lines).toEqual([expect.stringContaining(`unclaimed ${lost.taskArn} (job ${lost.id}`)]);
    expect(dry.exitCode).toBe(0);
    expect((await stateOf(lost.taskArn)).lastStatus).toBe('RUNNING');

    const managers = [await rig.startManager(), await rig.startManager()];
    await rig.aws.control.awaitStopped(lost.taskArn);
    expect(await stateOf(lost.taskArn)).toMatchObject({
      stopCode: 'UserInitiated',
      stoppedReason: expect.stringMatching(`^reaper: no record claims placement [0-9a-f]+ of job ${lost.id}, seen twice \\d+ s apart$`),
    });
    expect(await stateOf(kept.taskArn)).toMatchObject({ lastStatus: 'RUNNING' });
    await writeFile(join((await stateOf(kept.taskArn)).home ?? '', 'enough'), '');
    expect((await endedJob(rig, kept.id)).job.status).toBe('success');
    await everyTaskStopped(rig);
    const events = (await Promise.all(managers.map((one) => one.events()))).flat();
    const reaped = events.filter((event) => event.get('event') === 'reaper.stopped');
    expect(new Set(reaped.map((event) => event.get('taskArn')))).toEqual(new Set([lost.taskArn]));
    expect(events.map((event) => event.get('event'))).not.toContain('reaper.failed');
    await assertWholeTrace(rig, kept.id);
  });

  async function begunJob(): Promise<{ id: string; taskArn: string }> {
    const { id } = await rig.gitlab.control.enqueueJob({ script: ['echo begun', 'until [ -e "$HOME/enough" ]; do sleep 0.1; done'] });
    await printed(rig, id, 'begun');
    const placed = (await manager.events()).find((event) => event.get('event') === 'job.placed' && event.get('jobId') === id);
    return { id, taskArn: placed?.get('taskArn') ?? '' };
  }

  async function stateOf(taskArn: string) {
    const task = (await rig.aws.control.tasks()).find((one) => one.taskArn === taskArn);
    if (!task) throw new Error(`${taskArn} is unknown`);
    return task;
  }

  async function reap(...more: string[]): Promise<{ lines: string[]; exitCode: number | null }> {
    const argv = [builtProgram('manager'), 'reap', '--config', join(rig.folder, 'manager.json'), ...more];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
    await once(child, 'close');
    return { lines: text.split('\n').slice(0, -1), exitCode: child.exitCode };
  }
});
