import { App, Stack } from 'aws-cdk-lib';
import { expect, it } from 'vitest';
import { RunnerService } from './runner-service.ts';
import type { RunnerServiceProps } from './runner-service-props.ts';
import { sampleEntry, sampleProps } from './sample-props.test-double.ts';

function made(changes: Partial<RunnerServiceProps>): RunnerService {
  const stack = new Stack(new App(), 'stack', { env: { account: '111122223333', region: 'eu-west-1' } });
  return new RunnerService(stack, 'Runners', { ...sampleProps, ...changes });
}

function reportOf(changes: Partial<RunnerServiceProps>): string {
  try {
    made(changes);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('the props were accepted');
}

it('everything that is wrong is said at once, in the words of the props', () => {
  const report = reportOf({
    managerEcsClusterArn: 'arn:aws:ecs:eu-west-2:111122223333:cluster/managers',
    managerCpu: 256,
    managerMemory: 4096,
    gitlabRunnerNamePrefix: 'shop dev',
    gitlabTokenSecretArn: 'arn:aws:secretsmanager:eu-west-1:eu-west-1:secret:gitlab-AbCdEf',
    managersConfigs: {
      small: { ...sampleEntry, worker_ecs_cluster_arn: 'cluster/workers', limit: 50 },
      twin: {
        ...sampleEntry,
        worker_ecs_cluster_arn: 'arn:aws:ecs:eu-west-2:111122223333:cluster/workers',
        worker_memory: 600,
        worker_task_role_arn: '',
      },
    },
  });
  expect(report).toMatchInlineSnapshot(`
    "stack/Runners: 8 problems, 3 warnings

    Problems:

      gitlabRunnerNamePrefix: the name prefix has characters that a runner name must not have [FR_CONFIG_NAME_PREFIX]
        given:   shop dev
        allowed: letters, digits, "-", "_" and ".", at most 64, the first one a letter or a digit
        do:      rename it

      managersConfigs.small.worker_ecs_cluster_arn: this is not the ARN of an ECS cluster [FR_CONFIG_CLUSTER_ARN]
        given:   cluster/workers
        allowed: arn:aws:ecs:<region>:<account, 12 digits>:cluster/<name>
        do:      copy the ARN from the ECS console

      gitlabTokenSecretArn: this is not the ARN of a secret with its 6 last characters: a region (eu-west-1) stands where the account belongs [FR_CONFIG_SECRET_ARN]
        given:   arn:aws:secretsmanager:eu-west-1:eu-west-1:secret:gitlab-AbCdEf
        allowed: arn:aws:secretsmanager:<region>:<account, 12 digits>:secret:<name>-<6 characters>, or arn:aws:ssm:<region>:<account>:parameter/<name>
        do:      copy the whole ARN from the console of Secrets Manager or Parameter Store

      managersConfigs.twin.worker_aws_region: the worker region is eu-west-1, but the worker cluster lies in eu-west-2 [FR_CONFIG_REGION_DIFFERS]
        given:   eu-west-1
        allowed: eu-west-2
        do:      make the two equal, or leave worker_aws_region out

      managersConfigs.twin.worker_memory: Fargate has no such size of task [FR_CONFIG_SIZE]
        given:   worker_cpu 256 with worker_memory 600
        allowed: with worker_cpu 256: 512, 1024, 2048
        do:      take an allowed pair of worker_cpu and worker_memory

      managerMemory: Fargate has no such size of task [FR_CONFIG_SIZE]
        given:   managerCpu 256 with managerMemory 4096
        allowed: with managerCpu 256: 512, 1024, 2048
        do:      take an allowed pair of managerCpu and managerMemory

      managerEcsClusterArn: this lies in eu-west-2, but the service and its subnets in eu-west-1 [FR_CONFIG_ELSEWHERE]
        given:   arn:aws:ecs:eu-west-2:111122223333:cluster/managers
        do:      name one in awsRegion, or correct awsRegion

      managersConfigs.twin.worker_ecs_cluster_arn: this lies in eu-west-2, but the service and its subnets in eu-west-1 [FR_CONFIG_ELSEWHERE]
        given:   arn:aws:ecs:eu-west-2:111122223333:cluster/workers
        do:      name one in awsRegion, or correct awsRegion

    Warnings:

      managersConfigs.twin: the runners small and twin have the same tags, so which of them takes a job is left to chance [FR_CONFIG_SAME_TAGS]
        given:   small
        do:      give each runner a tag of its own

      managersConfigs.small.limit: the runner's limit is above the manager's concurrency and is never reached [FR_CONFIG_LIMIT_ABOVE_CONCURRENCY]
        given:   50
        allowed: at most 20
        do:      raise gitlabRunnerConcurrency, or lower the limit

      managersConfigs.twin.worker_task_role_arn: the runner has no task role, so that its jobs have no permissions on AWS [FR_CONFIG_NO_TASK_ROLE]
        allowed: arn:aws:iam::<account, 12 digits>:role/<name>
        do:      set worker_task_role_arn; a role without permissions says the same on purpose"
  `);
});

it('no runners at all', () => {
  expect(reportOf({ managersConfigs: {} })).toMatchInlineSnapshot(`
    "stack/Runners: 1 problem

    Problems:

      managersConfigs: managersConfigs has no entry [FR_CONFIG_NO_RUNNERS]
        do:      add at least one runner"
  `);
});

it('a region that is not written out anywhere', () => {
  const stack = new Stack(new App(), 'stack');
  const { awsRegion: _, ...props } = sampleProps;
  expect(() => new RunnerService(stack, 'Runners', props)).toThrow(/awsRegion is required/);
});

it('what is only odd is a warning', () => {
  const { warnings } = made({ managersConfigs: { small: { ...sampleEntry, limit: 50, worker_task_role_arn: '' }, twin: sampleEntry } });
  expect(warnings.map(({ text }) => text)).toMatchInlineSnapshot(`
    [
      "managersConfigs.twin: the runners small and twin have the same tags, so which of them takes a job is left to chance; give each runner a tag of its own",
      "managersConfigs.small.limit: the runner's limit is above the manager's concurrency and is never reached; raise gitlabRunnerConcurrency, or lower the limit",
      "managersConfigs.small.worker_task_role_arn: the runner has no task role, so that its jobs have no permissions on AWS; set worker_task_role_arn; a role without permissions says the same on purpose",
    ]
  `);
});
