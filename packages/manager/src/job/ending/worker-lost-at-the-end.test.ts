import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classify } from '../../fleet/classification.ts';
import type { Fleet, TaskStop } from '../../fleet/fleet.ts';
import type { JobRecord } from '../../store/job-record.ts';
import type { ManagerEvent } from '../../telemetry/manager-event.ts';
import { JobRig, instantFleet } from '../job-rig.test-double.ts';

const SPOT: TaskStop = {
  stopCode: 'SpotInterruption',
  stoppedReason: 'Your Spot Task was interrupted.',
  wasRunning: true,
  failure: classify('stop', 'SpotInterruption: Your Spot Task was interrupted.'),
};
const REMARK =
  "WARNING: The outcome of the job was certain when its worker failed: the worker's task stopped: Your Spot Task was interrupted.";

/** A fleet that takes the worker back when it is told to. */
function fleetOfSpot() {
  let take: (stop: TaskStop) => void = () => undefined;
  const taken = new Promise<TaskStop>((resolve) => {
    take = resolve;
  });
  const fleet: Fleet = { ...instantFleet, awaitStopped: () => taken };
  return { fleet, take: () => take(SPOT) };
}

const begins = (event: ManagerEvent, stage: string) => event.name === 'stage.started' && event.stage === stage;

describe('a worker that is taken back', { timeout: 60_000 }, () => {
  let rig: JobRig;
  beforeAll(async () => {
    rig = await JobRig.start();
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  /** Runs a job whose worker is taken back when this stage has begun. */
  async function takenIn(stage: string, spec: Parameters<JobRig['take']>[0]) {
    const found = await rig.take(spec);
    const { fleet, take } = fleetOfSpot();
    const emit = (event: ManagerEvent) => begins(event, stage) && take();
    await rig.drive(found, 'whole', { fleet, emit });
    return rig.ended(found.record.jobId);
  }

  /** Runs a job whose manager dies when this stage has begun, and whose worker is gone when the next manager comes. */
  async function goneIn(stage: string, script: readonly string[], change: (record: JobRecord) => Partial<JobRecord> = () => ({})) {
    const found = await rig.take({ script: [...script] });
    const { jobId } = found.record;
    const end = new AbortController();
    const emit = (event: ManagerEvent) => void (begins(event, stage) && end.abort(new Error('killed')));
    expect(await rig.drive(found, 'whole', { leave: end.signal, emit })).toBe('left');
    const left = rig.written(jobId).at(-1);
    if (!left) throw new Error('nothing was recorded');
    const { fleet, take } = fleetOfSpot();
    take();
    rig.refusals = Number.POSITIVE_INFINITY;
    await rig.drive(await rig.claimed(jobId, change(left)), 'whole', { fleet });
    rig.refusals = 0;
    return rig.ended(jobId);
  }

  it('while it cleans up leaves a job as it was, and its log says so', async () => {
    const { job, lines, text } = await takenIn('cleanup_file_variables', { script: ['echo done'] });
    expect(job.status, text).toBe('success');
    expect(lines.findLast((line) => line.startsWith('WARNING: '))).toContain(REMARK);
    expect(lines.slice(-2)).toEqual(['Job succeeded', '']);
  });

  it('while it cleans up after a failure does not hide why the job failed', async () => {
    const { job, text } = await takenIn('cleanup_file_variables', { script: ['exit 3'] });
    expect(job, text).toMatchObject({ status: 'failed', failureReason: 'script_failure', exitCode: 3 });
  });

  it.each([
    ['the script', 'step_script', {}],
    ['the upload of what the job leaves', 'upload_artifacts_on_success', { artifacts: [{ paths: ['f'] }] }],
  ])('in %s is a system failure', async (_what, stage, wishes) => {
    const { job, text } = await takenIn(stage, { script: ['echo x > f', 'sleep 1'], ...wishes });
    expect(job, text).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure' });
    expect(text).not.toContain('The outcome of the job was certain');
  });

  it('while nobody drives the job leaves it as it was when only the clean-up was left', async () => {
    const { job, text } = await goneIn('cleanup_file_variables', ['echo done']);
    expect(job.status, text).toBe('success');
    expect(text).toContain(
      'The outcome of the job was certain when its worker failed: the worker is lost: its task stopped: Your Spot Task',
    );
  });

  it('while nobody drives it does not hide why the script failed', async () => {
    const { job, text } = await goneIn('cleanup_file_variables', ['exit 3']);
    expect(job, text).toMatchObject({ status: 'failed', failureReason: 'script_failure', exitCode: 3 });
  });

  it('when all had ended, as a manager of the version before records it, costs the job nothing', async () => {
    const end = { code: 0, cause: 'exit', journalEnd: 0 } as const;
    const { job, text } = await goneIn('cleanup_file_variables', ['echo done'], ({ stages }) => ({
      stages: stages.map((run) => ({ end, ...run })),
    }));
    expect(job.status, text).toBe('success');
  });

  it('while nobody drives it and the script runs is a system failure', async () => {
    const { job, text } = await goneIn('step_script', ['sleep 1']);
    expect(job, text).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure' });
  });
});
