import type { IamRequest } from '@fargate-gitlab-runner/emulator-aws';
import { beforeAll, describe, expect, it } from 'vitest';
import { askedByS3, askIam } from './ask-iam.ts';
import { ACCOUNT, MANAGER_ROLE, type SynthesisedPolicies, synthesisedPolicies } from './deployment-under-test.ts';
import { recordedRun } from './recorded-run.ts';

/** What is allowed by name of policy and statement. */
function allowedIn({ manager }: SynthesisedPolicies): string[] {
  return manager.flatMap(({ name, policy }) =>
    policy.Statement.flatMap(({ Sid, Action }) => Action.map((action) => `${name}/${Sid}/${action}`)),
  );
}

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
    expect(allowedIn(policies).filter((each) => !allowedBy.has(each))).toEqual([]);
  });

  it('is all that is allowed but what the agent of ECS Exec asks for, where that is on', () => {
    const withExec = allowedIn(synthesisedPolicies({ managerExecuteCommand: true }));
    expect(withExec.filter((each) => !allowedBy.has(each)).toSorted()).toEqual([
      'exec/Exec/ssmmessages:CreateControlChannel',
      'exec/Exec/ssmmessages:CreateDataChannel',
      'exec/Exec/ssmmessages:OpenControlChannel',
      'exec/Exec/ssmmessages:OpenDataChannel',
    ]);
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

  const administrator = `arn:aws:iam::${ACCOUNT}:role/administrator`;
  const askWithAllOfS3 = async (action: string, key: string, principal: string) => {
    const request = { action, resource: `arn:aws:s3:::job-records${key}`, context: {} };
    return (await askIam(request, { ...policies, manager: [{ name: 'all', policy: everything }] }, principal)).isAllowed;
  };

  it.each(['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:DeleteObject'])(
    'nobody but the manager may %s of a record, not even a role that may do everything in S3',
    async (action) => {
      expect(await askWithAllOfS3(action, '/jobs/1', MANAGER_ROLE)).toBe(true);
      expect(await askWithAllOfS3(action, '/jobs/1', administrator)).toBe(false);
    },
  );

  it.each([
    ['whether the bucket is there, as Terraform asks with HeadBucket', 's3:ListBucket'],
    ['for the versions of its records', 's3:ListBucketVersions'],
    ['for its policy', 's3:GetBucketPolicy'],
    ['to take its policy away', 's3:DeleteBucketPolicy'],
    ['for its lifecycle', 's3:GetLifecycleConfiguration'],
    ['for its encryption', 's3:GetEncryptionConfiguration'],
    ['to delete it when it is empty', 's3:DeleteBucket'],
  ])('a role that may do everything in S3 may ask %s', async (_what, action) => {
    expect(await askWithAllOfS3(action, '', administrator)).toBe(true);
  });
});

const everything = { Version: '2012-10-17', Statement: [{ Sid: 'All', Effect: 'Allow', Action: ['s3:*'], Resource: ['*'] }] };
