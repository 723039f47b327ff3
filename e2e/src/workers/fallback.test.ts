import { assertWholeTrace, closeRig, type EndedJob, type ManagerUnderTest, Rig, runJob } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const ENTRY = {
  worker_cpu: 512,
  worker_memory: 2048,
  worker_task_role_arn: 'arn:aws:iam::111122223333:role/jobs',
  worker_ephemeral_storage_gib: 40,
  worker_capacity: [{ provider: 'FARGATE_SPOT' }],
  worker_capacity_fallback: [{ provider: 'FARGATE' }],
};

describe('a runner with Spot first and on-demand as its fallback', () => {
  let rig: Rig;
  let manager: ManagerUnderTest;
  beforeAll(async () => {
    rig = await Rig.start({ runners: [{ name: 'spot', tags: ['spot'], entry: ENTRY }] });
    manager = await rig.startManager();
  });
  beforeEach(() => rig.aws.control.clearCalls());
  afterAll(() => closeRig(rig));

  it('sends the sizes, the disk and the role of its configuration, and asks for Spot', async () => {
    expect((await runJob(rig, { tags: ['spot'], script: ['true'] })).job.status).toBe('success');
    const [request] = await requests();
    expect(request?.overrides).toMatchObject({
      cpu: '512',
      memory: '2048',
      taskRoleArn: 'arn:aws:iam::111122223333:role/jobs',
      ephemeralStorage: { sizeInGiB: 40 },
    });
    expect(await providers()).toEqual(['FARGATE_SPOT']);
  });

  it('takes on-demand at once when there is no Spot, and goes on asking GitLab for work', async () => {
    await rig.aws.control.failCalls('RunTask', { kind: 'capacity' });
    const ended = await runJob(rig, { tags: ['spot'], script: ['echo "it works"'] });
    expect(ended.job.status).toBe('success');
    expect(await providers()).toEqual(['FARGATE_SPOT', 'FARGATE']);
    const failed = await lastFailure();
    expect([failed?.get('code'), failed?.get('isCapacity')]).toEqual(['FR_FLEET_NO_CAPACITY', 'false']);
    expect(warnings(ended)).toEqual([
      expect.stringMatching(
        /^WARNING: Placement 1 failed: AWS has no Fargate capacity .* \(FR_FLEET_NO_CAPACITY\)\. For the operator of the runner: /,
      ),
    ]);
    await assertWholeTrace(rig, ended.job.id);
  });

  it('is placed again without a failure of the job when Spot takes the worker back before it answers', async () => {
    await rig.aws.control.failWorkers({ failsToStart: 'Your Spot Task was interrupted.' });
    const ended = await runJob(rig, { tags: ['spot'], script: ['echo once'] });
    expect(ended.job.status).toBe('success');
    expect(ended.lines.filter((line) => line === 'once')).toHaveLength(1);
    expect(await providers()).toEqual(['FARGATE_SPOT', 'FARGATE']);
    expect(warnings(ended)).toEqual([expect.stringContaining('AWS took the Spot capacity of the worker back')]);
    await assertWholeTrace(rig, ended.job.id);
  });

  async function requests() {
    return (await rig.aws.control.calls()).filter(({ action }) => action === 'RunTask').map(({ parameters }) => parameters);
  }

  async function providers(): Promise<unknown[]> {
    const strategies = (await requests()).map((request) => JSON.stringify(request.capacityProviderStrategy));
    return strategies.map((text) => /FARGATE(?:_SPOT)?/.exec(text)?.[0]);
  }

  async function lastFailure() {
    return (await manager.events()).findLast((event) => event.get('event') === 'placement.failed');
  }
});

function warnings({ lines }: EndedJob): string[] {
  return lines.filter((line) => line.startsWith('WARNING: '));
}
