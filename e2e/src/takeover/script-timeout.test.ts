import { closeRig, endedJob, printed, type Rig } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTakeoverRig } from './takeover-rig.ts';

describe("the author's timeout", { timeout: 180_000 }, () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startTakeoverRig({ kill_grace_ms: 1000 });
  });
  afterAll(() => closeRig(rig));

  it('counts from the first start of the script, whoever drives the job', async () => {
    const first = await rig.startManager();
    const { id } = await rig.gitlab.control.enqueueJob({
      script: ['echo begun', 'sleep 600', 'echo never'],
      afterScript: ['echo "status is $CI_JOB_STATUS"'],
      variables: [{ key: 'RUNNER_SCRIPT_TIMEOUT', value: '8s' }],
    });
    await printed(rig, id, 'begun');
    await first.kill('SIGKILL');
    const second = await rig.startManager();
    await second.logged('job.adopted');
    const { job, lines } = await endedJob(rig, id);
    expect(job).toMatchObject({ status: 'failed', failureReason: 'job_execution_timeout' });
    expect(lines).toContain('status is timedout');
    expect(lines).not.toContain('never');
    expect(lines.at(-2)).toBe('ERROR: Job failed: execution took longer than 8s seconds');
  });
});
