import {
  assertWholeTrace,
  closeRig,
  type EndedJob,
  endedJob,
  type ManagerUnderTest,
  printed,
  Rig,
  runJob,
} from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe.concurrent('how a script ends', () => {
  let rig: Rig;
  let manager: ManagerUnderTest;
  beforeAll(async () => {
    rig = await Rig.start({ config: { timing: { kill_grace_ms: 1000 } } });
    manager = await rig.startManager();
  });
  afterAll(() => closeRig(rig));

  it('exit 137 is a failure of the script with that code', async () => {
    const ended = await runJob(rig, { script: ['echo begun', 'exit 137', 'echo never'] });
    expect(ended.job).toMatchObject({ status: 'failed', failureReason: 'script_failure', exitCode: 137 });
    expect(count(ended, 'begun')).toBe(1);
    expect(count(ended, 'never')).toBe(0);
    expect(ended.lines.filter((line) => line.startsWith('ERROR: '))).toEqual(['ERROR: Job failed: exit code 137']);
    await assertWholeTrace(rig, ended.job.id);
  });

  it('a shell that is killed is the same failure', async () => {
    const ended = await runJob(rig, { script: ['echo begun', 'sh -c "kill -KILL \\$PPID"', 'echo never'] });
    expect(ended.job).toMatchObject({ status: 'failed', failureReason: 'script_failure', exitCode: 137 });
    expect(count(ended, 'begun')).toBe(1);
    expect(count(ended, 'never')).toBe(0);
    await assertWholeTrace(rig, ended.job.id);
  });

  it('after_script runs after a failure, knows the status, and does not change the ending', async () => {
    const ended = await runJob(rig, {
      script: ['echo begun', 'exit 3'],
      afterScript: ['echo "status is $CI_JOB_STATUS"', 'exit 4'],
    });
    expect(ended.job).toMatchObject({ status: 'failed', failureReason: 'script_failure', exitCode: 3 });
    expect(count(ended, 'status is failed')).toBe(1);
    expect(ended.lines.indexOf('status is failed')).toBeGreaterThan(ended.lines.indexOf('begun'));
    await assertWholeTrace(rig, ended.job.id);
  });

  it('a child that keeps stdout open does not keep the job', async () => {
    const ended = await runJob(rig, { script: ['(sleep 600; echo late) &', 'echo done'], afterScript: ['echo afterwards'] });
    expect(ended.job).toMatchObject({ status: 'success' });
    expect(count(ended, 'done')).toBe(1);
    expect(count(ended, 'afterwards')).toBe(1);
    expect(count(ended, 'late')).toBe(0);
    await assertWholeTrace(rig, ended.job.id);
  });

  it('the timeout of the job ends it, and nothing runs afterwards', async () => {
    const script = ['echo begun', 'sleep 600', 'echo never'];
    const ended = await runJob(rig, { timeoutSeconds: 25, script, afterScript: ['echo afterwards'] });
    expect(ended.job).toMatchObject({ status: 'failed', failureReason: 'job_execution_timeout' });
    expect(count(ended, 'begun')).toBe(1);
    expect(count(ended, 'never')).toBe(0);
    expect(count(ended, 'afterwards')).toBe(0);
    expect(ended.lines.at(-2)).toBe('ERROR: Job failed: execution took longer than 25s seconds');
    await assertWholeTrace(rig, ended.job.id);
  });

  it("47. the author's own timeout ends the script, and after_script runs as timed out", async () => {
    const ended = await runJob(rig, {
      script: ['echo begun', 'sleep 600', 'echo never'],
      afterScript: ['echo "status is $CI_JOB_STATUS"'],
      variables: [{ key: 'RUNNER_SCRIPT_TIMEOUT', value: '8s' }],
    });
    expect(ended.job).toMatchObject({ status: 'failed', failureReason: 'job_execution_timeout' });
    expect([count(ended, 'begun'), count(ended, 'never'), count(ended, 'status is timedout')]).toEqual([1, 0, 1]);
    expect(ended.lines.find((line) => line.startsWith('WARNING: step_script was ended'))).toContain('RUNNER_SCRIPT_TIMEOUT');
    expect(ended.lines.at(-2)).toBe('ERROR: Job failed: execution took longer than 8s seconds');
    await assertWholeTrace(rig, ended.job.id);
  });

  it('49. an after_script that runs out of its time leaves the job good, and its log says so', async () => {
    const ended = await runJob(rig, {
      script: ['echo begun'],
      afterScript: ['echo afterwards', 'sleep 600'],
      variables: [{ key: 'RUNNER_AFTER_SCRIPT_TIMEOUT', value: '8s' }],
    });
    expect(ended.job).toMatchObject({ status: 'success' });
    expect(count(ended, 'afterwards')).toBe(1);
    expect(ended.lines.filter((line) => line.startsWith('WARNING: after_script'))).toHaveLength(2);
    await assertWholeTrace(rig, ended.job.id);
  });

  it('49. an after_script whose errors count fails the job with its exit code', async () => {
    const ended = await runJob(rig, {
      script: ['echo begun'],
      afterScript: ['exit 9'],
      variables: [{ key: 'AFTER_SCRIPT_IGNORE_ERRORS', value: 'false' }],
    });
    expect(ended.job).toMatchObject({ status: 'failed', failureReason: 'script_failure', exitCode: 9 });
  });

  it('a script that ignores SIGTERM is killed after the grace when GitLab cancels, and after_script runs', async () => {
    const { id } = await rig.gitlab.control.enqueueJob({
      script: ['trap "" TERM', 'echo begun', 'while true; do echo tick; sleep 0.2; done', 'echo never'],
      afterScript: ['echo "status is $CI_JOB_STATUS"'],
    });
    await printed(rig, id, 'begun');
    await rig.gitlab.control.cancelJob(id);
    const ended = await endedJob(rig, id);
    expect(ended.job).toMatchObject({ status: 'canceled' });
    expect(ended.job.updates.at(-1)).toMatchObject({ state: 'failed', failureReason: 'unknown_failure' });
    expect(count(ended, 'never')).toBe(0);
    expect(count(ended, 'status is canceled')).toBe(1);
    await assertWholeTrace(rig, id);
    const stages = (await manager.events()).filter((event) => event.get('event') === 'stage.ended' && event.get('jobId') === id);
    const step = stages.find((event) => event.get('stage') === 'step_script');
    expect([step?.get('cause'), step?.get('code')]).toEqual(['signal', '137']);
  });
});

function count({ lines }: EndedJob, line: string): number {
  return lines.filter((each) => each === line).length;
}
