import {
  assertWholeTrace,
  closeRig,
  type EndedJob,
  endedJob,
  everyTaskStopped,
  type ManagerUnderTest,
  printed,
  Rig,
  runJob,
} from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('a worker that fails while the job runs', () => {
  let rig: Rig;
  let manager: ManagerUnderTest;
  beforeAll(async () => {
    rig = await Rig.start();
    manager = await rig.startManager();
  });
  afterAll(() => closeRig(rig));

  it('drops the connection again and again: the output is whole and in order, and no step runs twice', async () => {
    const { id } = await rig.gitlab.control.enqueueJob({
      script: ['echo "begun $(date +%s%N)"', 'for i in $(seq 1 40); do echo "line $i"; sleep 0.1; done', 'echo finished'],
    });
    for (const line of ['line 1', 'line 12', 'line 25']) {
      await printed(rig, id, line);
      await rig.aws.control.dropConnections(await taskOf(id));
    }
    const ended = await endedJob(rig, id);
    expect(ended.job.status).toBe('success');
    const lines = Array.from({ length: 40 }, (_, at) => `line ${at + 1}`);
    expect(ended.lines.filter((line) => /^line \d+$/.test(line))).toEqual(lines);
    expect(ended.lines.filter((line) => line.startsWith('begun '))).toHaveLength(1);
    expect(count(ended, 'finished')).toBe(1);
    expect((await eventsOf(id)).filter((name) => name === 'worker.lost').length).toBeGreaterThan(0);
    await assertWholeTrace(rig, id);
  });

  it('is taken back by Spot: the job is a system failure that says so', async () => {
    const { id } = await rig.gitlab.control.enqueueJob({
      script: ['echo begun', 'sleep 600', 'echo never'],
      afterScript: ['echo afterwards'],
    });
    await printed(rig, id, 'begun');
    await rig.aws.control.stopTask(await taskOf(id), { kind: 'spot' });
    const ended = await endedJob(rig, id);
    expect(ended.job).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure' });
    const last = ended.lines.findLast((line) => line.startsWith('ERROR: '));
    expect(last).toContain("Job failed (system failure): the worker's task stopped: Your Spot Task was interrupted.");
    expect(last).toContain('use FARGATE instead of FARGATE_SPOT');
    expect(count(ended, 'begun')).toBe(1);
    expect(count(ended, 'never') + count(ended, 'afterwards')).toBe(0);
    await everyTaskStopped(rig);
    await assertWholeTrace(rig, id);
  });

  it('is taken back by Spot before the script: the job is placed again, and nobody but its log can tell', async () => {
    const { path } = await rig.createProject({ 'README.md': 'hello' });
    await rig.gitlab.control.addFault({ kind: 'delay', route: 'git', delayMs: 25_000 });
    const { id } = await rig.gitlab.control.enqueueJob({ project: path, script: ['echo begun', 'cat README.md'] });
    await printed(rig, id, 'Getting source from Git repository');
    const lost = await taskOf(id);
    await rig.aws.control.stopTask(lost, { kind: 'spot' });
    const ended = await endedJob(rig, id);
    expect(ended.job.status).toBe('success');
    expect([count(ended, 'begun'), count(ended, 'hello')]).toEqual([1, 1]);
    expect(ended.lines.filter((line) => line.startsWith('WARNING: '))).toEqual([expect.stringContaining('FR_FLEET_SPOT_INTERRUPTED')]);
    expect((await eventsOf(id)).filter((name) => name === 'job.placed')).toHaveLength(2);
    await everyTaskStopped(rig);
    await assertWholeTrace(rig, id);
  });

  it('has a full disk: the exit code and what was printed before survive', async () => {
    await rig.aws.control.failWorkers({ diskBytes: 2_000_000 });
    const ended = await runJob(rig, {
      script: [
        'echo "before the flood"',
        'head -c 9000000 /dev/zero > "$HOME/full" || true',
        'head -c 9000000 /dev/zero > /tmp/full || true',
        'exit 7',
      ],
    });
    expect(ended.job).toMatchObject({ status: 'failed', failureReason: 'script_failure', exitCode: 7 });
    expect(count(ended, 'before the flood')).toBe(1);
    expect(ended.lines.filter((line) => line.startsWith('ERROR: '))).toEqual(['ERROR: Job failed: exit code 7']);
    await assertWholeTrace(rig, ended.job.id);
  });

  async function taskOf(jobId: string): Promise<string> {
    const placed = (await manager.events()).find((event) => event.get('event') === 'job.placed' && event.get('jobId') === jobId);
    return placed?.get('taskArn') ?? '';
  }

  async function eventsOf(jobId: string): Promise<string[]> {
    return (await manager.events()).filter((event) => event.get('jobId') === jobId).map((event) => event.get('event') ?? '');
  }
});

describe('a worker that is lost before the script while no manager runs', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  });
  afterAll(() => closeRig(rig));

  it('costs no job: the successor places it again', async () => {
    const manager = await rig.startManager();
    const { path } = await rig.createProject({ 'README.md': 'hello' });
    await rig.gitlab.control.addFault({ kind: 'delay', route: 'git', delayMs: 25_000 });
    const { id } = await rig.gitlab.control.enqueueJob({ project: path, script: ['echo begun'] });
    await printed(rig, id, 'Getting source from Git repository');
    const [lost] = await rig.aws.control.liveTasks();
    if (!lost) throw new Error('the job has no task');
    await manager.kill('SIGTERM');
    await rig.aws.control.stopTask(lost.taskArn, { kind: 'spot' });
    await rig.aws.control.awaitStopped(lost.taskArn);
    await rig.startManager();
    const ended = await endedJob(rig, id);
    expect([ended.job.status, count(ended, 'begun')]).toEqual(['success', 1]);
  });
});

describe('a worker without git', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({ aws: { worker: { withGit: false } } });
    await rig.startManager();
  });
  afterAll(() => closeRig(rig));

  it('fails the job as the script does, with a line that says what is missing', async () => {
    const { path } = await rig.createProject({ 'README.md': 'hello' });
    const ended = await runJob(rig, { project: path, script: ['echo never'] });
    expect(ended.job).toMatchObject({ status: 'failed', failureReason: 'script_failure' });
    expect(ended.lines.filter((line) => line.startsWith('ERROR: '))).toEqual([
      'ERROR: git is not installed in the worker. Install git in the image of the worker, or set GIT_STRATEGY to none or empty.',
      'ERROR: Job failed: exit code 1',
    ]);
    expect(count(ended, 'never')).toBe(0);
    await assertWholeTrace(rig, ended.job.id);
  });

  it('serves jobs that need no sources', async () => {
    const ended = await runJob(rig, { script: ['echo "it works"'] });
    expect(ended.job.status).toBe('success');
    expect(count(ended, 'it works')).toBe(1);
    await assertWholeTrace(rig, ended.job.id);
  });
});

function count({ lines }: EndedJob, line: string): number {
  return lines.filter((each) => each === line).length;
}
