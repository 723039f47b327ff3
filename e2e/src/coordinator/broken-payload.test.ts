import { assertWholeTrace, closeRig, endedJob, type ManagerUnderTest, Rig, runJob } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('a job whose payload is broken', () => {
  let rig: Rig;
  let manager: ManagerUnderTest;
  beforeAll(async () => {
    rig = await Rig.start();
    manager = await rig.startManager();
  });
  afterAll(() => closeRig(rig));

  it('is failed as a system failure when its id and token can be read, and no task is started for it', async () => {
    const { id } = await rig.gitlab.control.enqueueJob({ payload: { steps: 'no list', variables: 7 } });
    const { job, trace } = await endedJob(rig, id);
    expect(job).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure' });
    expect(trace).toHaveLength(0);
    expect(await rig.gitlab.control.findings()).toEqual([]);
    expect(await rig.aws.control.tasks()).toEqual([]);
    const unreadable = (await manager.events()).find((event) => event.get('event') === 'job.unreadable');
    expect(unreadable?.get('problems')).toMatch(/steps.*variables|variables.*steps/);
    expect(await manager.log()).not.toContain(job.token);
  });

  it('does no harm when nothing of it can be read', async () => {
    await rig.gitlab.control.enqueueJob({ rawPayload: '{"id": 77, "tok' });
    await manager.logged('job.unreadable', 2);
    expect(await rig.aws.control.tasks()).toEqual([]);
  });

  it('is followed by jobs that work, in the same manager', async () => {
    const { job, lines } = await runJob(rig, { script: ['echo "it works"'] });
    expect(job.status).toBe('success');
    expect(lines.filter((line) => line === 'it works')).toHaveLength(1);
    await assertWholeTrace(rig, job.id);
    expect(manager.exitCode).toBeNull();
  });
});
