import { defaultWorkerFamilyOf, workerTaskDefinition } from '@fargate-gitlab-runner/blueprint';
import type { IamRequest } from '@fargate-gitlab-runner/emulator-aws';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import { endedJob, runJob, Rig } from '@fargate-gitlab-runner/testkit';
import { DEPLOYMENT, JOB_ROLE, JOB_SECRETS, LOG_GROUP, RUNNER, WORKER_EXECUTION_ROLE } from './deployment-under-test.ts';

const DAY_MS = 24 * 3600 * 1000;

/**
 * What a built manager asks of AWS in a run that touches all that it does there: jobs with cache and secrets, records in S3, a worker that
 * ends before it speaks, and a reaper that looks for tasks nobody claims and definitions nobody needs.
 */
export async function recordedRun(): Promise<readonly IamRequest[]> {
  await using rig = await Rig.start({
    store: 's3',
    runners: [{ name: RUNNER, tags: ['small'], entry: { worker_task_definition_arn: defaultWorkerFamilyOf(DEPLOYMENT, RUNNER) } }],
    aws: { taskDefinitions: [workerDefinition()] },
    config: {
      deployment: DEPLOYMENT,
      job_secret_arns: JOB_SECRETS,
      reaper: { mode: 'stop', interval_ms: 200 },
      timing: { heartbeat_ms: 100, owner_stale_ms: 600, trace_initial_pace_ms: 200 },
    },
  });
  const { control } = rig.aws;
  await control.putSecret({ name: 'ci/db', value: 'a secret' });
  const parameter = await control.putParameter('/ci/token', 'a parameter');
  await rig.startManager();
  for (const pass of ['archive', 'restore']) {
    const { job, text } = await runJob(rig, {
      script: ['mkdir -p deps', `echo ${pass} > deps/file`],
      payload: {
        cache: [{ key: 'deps', untracked: false, policy: 'pull-push', paths: ['deps'], when: 'on_success', fallback_keys: [] }],
        secrets: {
          DB: { aws_secrets_manager: { secret_id: 'ci/db' } },
          TOKEN: { aws_secrets_manager: { secret_id: parameter } },
        },
      },
    });
    if (job.status !== 'success') throw new Error(text);
  }
  await loseWorkerEarly(rig);
  while (!(await control.callCounts()).has('ListTaskDefinitionFamilies')) await systemClock.sleep(50);
  return control.iamRequests();
}

/** A job whose worker ends before its SSH server is up: the manager looks for the reason in the worker's own log. */
async function loseWorkerEarly(rig: Rig): Promise<void> {
  const { control } = rig.aws;
  const words = 'sshd: no hostkeys available -- exiting.';
  const before = new Set((await control.tasks()).map(({ taskArn }) => taskArn));
  await control.putLogLines({ group: LOG_GROUP, stream: `${defaultWorkerFamilyOf(DEPLOYMENT, RUNNER)}/*`, lines: [words] });
  await control.failWorkers({ sshRefusedMs: DAY_MS });
  const { id } = await rig.gitlab.control.enqueueJob({ script: ['true'] });
  let mute: string | undefined;
  while (mute === undefined) {
    await systemClock.sleep(20);
    mute = (await control.liveTasks()).find(({ taskArn }) => !before.has(taskArn))?.taskArn;
  }
  await control.stopTask(mute, { kind: 'essentialExit', exitCode: 255 });
  const { text } = await endedJob(rig, id);
  if (!text.includes(words)) throw new Error(text);
}

function workerDefinition(): object {
  return workerTaskDefinition({
    family: defaultWorkerFamilyOf(DEPLOYMENT, RUNNER),
    image: 'registry.example.com/worker:1',
    cpu: 256,
    memoryMiB: 512,
    sshPort: 2222,
    taskRoleArn: JOB_ROLE,
    executionRoleArn: WORKER_EXECUTION_ROLE,
    logs: { group: LOG_GROUP, region: 'eu-west-1' },
  });
}
