import {
  assertWholeTrace,
  closeRig,
  endedJob,
  everyTaskStopped,
  type ManagerUnderTest,
  printed,
  Rig,
  runJob,
} from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const GROUP = '/ci/workers';
const FAMILY = 'task-demo-dev-runner-worker-logged';
const IMAGE = 'registry.example.com/worker:1';
const PASSWORD = 'Zq7rT0wPd4hKx9';

/** The worker's container logs to CloudWatch, as in the documented definition. */
const DEFINITION = {
  family: FAMILY,
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  containerDefinitions: [
    {
      name: 'ci-coordinator',
      image: IMAGE,
      essential: true,
      portMappings: [{ containerPort: 2222, protocol: 'tcp' }],
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': GROUP, 'awslogs-region': 'eu-west-1', 'awslogs-stream-prefix': 'worker' },
      },
    },
    { name: 'ci-deadline', image: IMAGE, essential: true, command: ['sh', '-c', 'sleep 86400'] },
  ],
};

const HEADING = /^The last lines of the worker's own log \(\/ci\/workers, worker\/ci-coordinator\/[0-9a-f]{32}\):$/;
const LAST_WORDS = [`PASSWORD=${PASSWORD}`, 'sshd: no hostkeys available -- exiting.', '\u001b[2Jbye'];
const SHOWN = ['  | PASSWORD=[MASKED]', '  | sshd: no hostkeys available -- exiting.', '  | bye'];
const variables = [{ key: 'PASSWORD', value: PASSWORD, masked: true }];

describe('the last words of a worker', () => {
  let rig: Rig;
  let manager: ManagerUnderTest;
  beforeAll(async () => {
    rig = await Rig.start({
      aws: { taskDefinitions: [DEFINITION] },
      config: { timing: { heartbeat_ms: 100, owner_stale_ms: 600 } },
      runners: [{ name: 'logged', tags: ['logged'], entry: { worker_task_definition_arn: FAMILY } }],
    });
    await rig.aws.control.putLogLines({ group: GROUP, stream: 'worker/ci-coordinator/*', lines: LAST_WORDS });
    manager = await rig.startManager();
  });
  afterAll(() => closeRig(rig));

  /** Those lines, and how many there are of what comes before them. */
  function said(lines: readonly string[]) {
    const at = lines.findIndex((line) => HEADING.test(line));
    return { count: lines.filter((line) => HEADING.test(line)).length, words: lines.slice(at + 1, at + 1 + SHOWN.length) };
  }

  it('that dies before it runs are in the log of the job, in front of why it got none', async () => {
    await rig.aws.control.failWorkers({ failsToStart: 'ResourceInitializationError: failed to initialize logging driver: no such group' });
    const { job, lines } = await runJob(rig, { script: ['echo never'], variables });
    expect(job).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure' });
    expect(said(lines)).toEqual({ count: 1, words: SHOWN });
    expect(lines.findLastIndex((line) => line.startsWith('ERROR: '))).toBeGreaterThan(lines.indexOf(SHOWN[0] ?? ''));
    await assertWholeTrace(rig, job.id);
  });

  it('whose container ends under the job are in its log, behind what the script printed, and once', async () => {
    const { id } = await rig.gitlab.control.enqueueJob({ script: ['echo begun', 'sleep 600', 'echo never'], variables });
    await printed(rig, id, 'begun');
    const [task] = await rig.aws.control.liveTasks();
    await rig.aws.control.stopTask(task?.taskArn ?? '', { kind: 'essentialExit', exitCode: 137 });
    const { job, lines } = await endedJob(rig, id);
    expect(job).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure' });
    expect(said(lines)).toEqual({ count: 1, words: SHOWN });
    const at = lines.findIndex((line) => HEADING.test(line));
    expect(lines.indexOf('begun')).toBeLessThan(at);
    expect(lines.findIndex((line) => line.startsWith('ERROR: Job failed (system failure)'))).toBeGreaterThan(at);
    expect(lines).not.toContain('never');
    await everyTaskStopped(rig);
    await assertWholeTrace(rig, id);
  });

  it('are not asked for where AWS took the worker back: that says why', async () => {
    const { id } = await rig.gitlab.control.enqueueJob({ script: ['echo begun', 'sleep 600'], variables });
    await printed(rig, id, 'begun');
    const [task] = await rig.aws.control.liveTasks();
    await rig.aws.control.stopTask(task?.taskArn ?? '', { kind: 'spot' });
    const { lines } = await endedJob(rig, id);
    expect(said(lines).count).toBe(0);
    await everyTaskStopped(rig);
  });

  it('that dies while no manager is there are in the log by the successor', async () => {
    const { id } = await rig.gitlab.control.enqueueJob({ script: ['echo begun', 'sleep 600'], variables });
    await printed(rig, id, 'begun');
    const [task] = await rig.aws.control.liveTasks();
    await manager.kill('SIGKILL');
    await rig.aws.control.stopTask(task?.taskArn ?? '', { kind: 'essentialExit', exitCode: 1 });
    await rig.aws.control.awaitStopped(task?.taskArn ?? '');
    await rig.startManager();
    const { job, lines } = await endedJob(rig, id);
    expect(job).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure' });
    expect(said(lines)).toEqual({ count: 1, words: SHOWN });
  });

  it('that the manager may not read are a hint for the operator', async () => {
    await rig.aws.control.deny(['logs:GetLogEvents']);
    const { id } = await rig.gitlab.control.enqueueJob({ script: ['echo begun', 'sleep 600'], variables });
    await printed(rig, id, 'begun');
    const [task] = await rig.aws.control.liveTasks();
    await rig.aws.control.stopTask(task?.taskArn ?? '', { kind: 'essentialExit', exitCode: 1 });
    const { lines } = await endedJob(rig, id);
    expect(lines.find((line) => line.startsWith("WARNING: The worker's own log"))).toContain('allow logs:GetLogEvents');
  });
});
