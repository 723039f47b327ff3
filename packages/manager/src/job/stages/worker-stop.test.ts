import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { classify } from '../../fleet/classification.ts';
import type { TaskStop } from '../../fleet/fleet.ts';
import { JobRig, instantFleet } from '../job-rig.test-double.ts';

const SPOT: TaskStop = {
  stopCode: 'SpotInterruption',
  stoppedReason: 'Your Spot Task was interrupted.',
  wasRunning: true,
  failure: classify('stop', 'SpotInterruption: Your Spot Task was interrupted.'),
};

describe('a stage that fails', { timeout: 60_000 }, () => {
  let rig: JobRig;
  let stop: TaskStop | undefined;
  let looks = 0;
  beforeAll(async () => {
    const lookForStop = async () => {
      looks++;
      return stop;
    };
    // The watch of the task never comes to its next look here.
    rig = await JobRig.start({}, { fleet: { ...instantFleet, lookForStop } });
  });
  afterAll(() => rig[Symbol.asyncDispose]());
  beforeEach(() => {
    stop = undefined;
    looks = 0;
  });

  it.each(['kill -9 $$', 'exit 2'])('because its worker is taken away is no failure of the script (%s)', async (end) => {
    stop = SPOT;
    const { job, lines } = await rig.run({ worker: 'whole', script: ['echo begun', end], afterScript: ['echo afterwards'] });
    expect(job).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure' });
    expect(lines).toContain('begun');
    expect(lines).not.toContain('afterwards');
    expect(lines.findLast((line) => line.startsWith('ERROR: '))).toContain(
      "Job failed (system failure): the worker's task stopped: Your Spot Task was interrupted. For the operator of the runner: use FARGATE",
    );
  });

  it('by itself costs one look at its task', async () => {
    const { job, lines } = await rig.run({ worker: 'whole', script: ['exit 143'], afterScript: ['exit 1'] });
    expect(job).toMatchObject({ status: 'failed', failureReason: 'script_failure', exitCode: 143 });
    expect([lines.findLast((line) => line.startsWith('ERROR: ')), looks]).toEqual(['ERROR: Job failed: exit code 143', 1]);
  });

  it('without failing the job costs none, and one that succeeds neither', async () => {
    stop = SPOT;
    const { job } = await rig.run({ worker: 'whole', script: ['true'], afterScript: ['exit 1'] });
    expect([job.status, looks]).toEqual(['success', 0]);
  });
});
