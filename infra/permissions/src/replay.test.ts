import type { IamRequest } from '@fargate-gitlab-runner/emulator-aws';
import { beforeAll, describe, expect, it } from 'vitest';
import { askedByS3, askIam } from './ask-iam.ts';
import { ACCOUNT, type SynthesisedPolicies, synthesisedPolicies } from './deployment-under-test.ts';
import { recordedRun } from './recorded-run.ts';

/** Allowed, and yet not asked for in the run. Each with its reason; one that is asked for after all must go from here. */
const NOT_REACHED: Readonly<Record<string, string>> = {
  'exec/Exec/ssmmessages:CreateControlChannel': 'asked for by the agent of ECS Exec in the task, not by the manager',
  'exec/Exec/ssmmessages:CreateDataChannel': 'the same',
  'exec/Exec/ssmmessages:OpenControlChannel': 'the same',
  'exec/Exec/ssmmessages:OpenDataChannel': 'the same',
};

describe('what a manager asks of AWS, replayed against its policies', () => {
  let policies: SynthesisedPolicies;
  let asked: readonly IamRequest[];
  let allowedBy: ReadonlySet<string>;

  beforeAll(async () => {
    process.env.CDK_VALIDATION = 'false';
    policies = synthesisedPolicies();
    const recorded = await recordedRun();
    asked = [...recorded, ...recorded.flatMap(askedByS3)];
  }, 120_000);

  it('is allowed, all of it', async () => {
    const answers = await Promise.all(asked.map(async (request) => ({ request, answer: await askIam(request, policies) })));
    expect(answers.filter(({ answer }) => !answer.isAllowed).map(({ request }) => request)).toEqual([]);
    allowedBy = new Set(answers.flatMap(({ answer }) => answer.by));
  });

  it('is all that is allowed', () => {
    const allowed = policies.manager.flatMap(({ name, policy }) =>
      policy.Statement.flatMap(({ Sid, Action }) => Action.map((action) => `${name}/${Sid}/${action}`)),
    );
    expect(allowed.filter((each) => !allowedBy.has(each)).toSorted()).toEqual(Object.keys(NOT_REACHED).toSorted());
  });

  it('has every kind of call in it that the policies are about', () => {
    const actions = [...new Set(asked.map(({ action }) => action))].toSorted();
    expect(actions).toEqual(
      expect.arrayContaining(['ecs:RunTask', 'ecs:StopTask', 'ecs:TagResource', 'iam:PassRole', 's3:GetObject', 'ssm:GetParameter']),
    );
  });

  const task = `arn:aws:ecs:eu-west-1:${ACCOUNT}:task/workers/0123456789abcdef0123456789abcdef`;
  const cluster = { 'ecs:cluster': `arn:aws:ecs:eu-west-1:${ACCOUNT}:cluster/workers` };
  const tag = 'fargate-gitlab-runner:deployment';
  const definition = `arn:aws:ecs:eu-west-1:${ACCOUNT}:task-definition`;

  it.each<readonly [string, IamRequest]>([
    [
      'a task of another deployment stopped',
      { action: 'ecs:StopTask', resource: task, context: { ...cluster, [`aws:ResourceTag/${tag}`]: 'x' } },
    ],
    ['a task without our tag stopped', { action: 'ecs:StopTask', resource: task, context: cluster }],
    [
      'a task of another family started',
      { action: 'ecs:RunTask', resource: `${definition}/admin:1`, context: { ...cluster, [`aws:RequestTag/${tag}`]: 'shop-dev-runner' } },
    ],
    [
      'a task started without our tag',
      { action: 'ecs:RunTask', resource: `${definition}/task-shop-dev-runner-worker-small:1`, context: cluster },
    ],
    [
      "a worker's role passed to another service",
      { action: 'iam:PassRole', resource: `arn:aws:iam::${ACCOUNT}:role/jobs`, context: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    ],
    [
      'a role that no worker has passed',
      {
        action: 'iam:PassRole',
        resource: `arn:aws:iam::${ACCOUNT}:role/admin`,
        context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
      },
    ],
    [
      'a secret read that is not listed',
      { action: 'ssm:GetParameter', resource: `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/db`, context: {} },
    ],
    ['a definition taken out of use', { action: 'ecs:DeregisterTaskDefinition', resource: '*', context: {} }],
    ['a cache deleted', { action: 's3:DeleteObject', resource: 'arn:aws:s3:::job-caches/project/1/deps', context: {} }],
  ])('does not let be %s', async (_what, request) => {
    expect((await askIam(request, policies)).isAllowed).toBe(false);
  });

  it('nobody but the manager reads a record, not even a role that may do everything in S3', async () => {
    const administrator = { ...policies, manager: [{ name: 'all', policy: everything }] };
    const read = { action: 's3:GetObject', resource: 'arn:aws:s3:::job-records/jobs/1', context: {} };
    expect((await askIam(read, administrator)).isAllowed).toBe(true);
    expect((await askIam(read, administrator, `arn:aws:iam::${ACCOUNT}:role/administrator`)).isAllowed).toBe(false);
  });
});

const everything = { Version: '2012-10-17', Statement: [{ Sid: 'All', Effect: 'Allow', Action: ['s3:*'], Resource: ['*'] }] };
