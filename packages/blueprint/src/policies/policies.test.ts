import { describe, expect, it } from 'vitest';
import { cachePolicy } from './cache-policy.ts';
import { execPolicy } from './exec-policy.ts';
import { executionPolicy } from './execution-policy.ts';
import { jobSecretPolicy } from './job-secret-policy.ts';
import { jobStorePolicy } from './job-store-policy.ts';
import { jobStoreKeyPolicy } from './key-policies.ts';
import { managerTaskPolicy } from './manager-task-policy.ts';
import type { PolicyDocument } from './policy-document.ts';
import { jobStoreBucketPolicy } from './private-bucket-policies.ts';
import { rolePoliciesSize } from './role-policies-size.ts';
import { taskTrustPolicy } from './trust-policy.ts';
import { workerLogPolicy } from './worker-log-policy.ts';

const place = { partition: 'aws', region: 'eu-west-1', account: '111122223333' };
const workers = ['one', 'two'].map((name) => ({
  clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
  family: `task-shop-dev-runner-worker-${name}`,
  taskRoleArn: 'arn:aws:iam::111122223333:role/jobs',
}));
const workerExecutionRoleArn = 'arn:aws:iam::111122223333:role/worker-execution';
const statement = (policy: PolicyDocument, sid: string) => policy.Statement.find(({ Sid }) => Sid === sid);

describe("the manager's task policy", () => {
  const policy = managerTaskPolicy({ deployment: 'shop-dev-runner', workers, workerExecutionRoleArn });

  it('starts tasks of its families only, in their cluster, with its tag', () => {
    expect(statement(policy, 'RunTask0')).toEqual({
      Sid: 'RunTask0',
      Effect: 'Allow',
      Action: ['ecs:RunTask'],
      Resource: [
        'arn:aws:ecs:eu-west-1:111122223333:task-definition/task-shop-dev-runner-worker-one:*',
        'arn:aws:ecs:eu-west-1:111122223333:task-definition/task-shop-dev-runner-worker-two:*',
      ],
      Condition: {
        ArnEquals: { 'ecs:cluster': 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers' },
        StringEquals: { 'aws:RequestTag/fargate-gitlab-runner:deployment': 'shop-dev-runner' },
      },
    });
  });

  it('has a statement for each cluster, so that no family runs in the cluster of another', () => {
    const elsewhere = { clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/big', family: 'big', taskRoleArn: 'arn:r' };
    const both = managerTaskPolicy({ deployment: 'd', workers: [...workers, elsewhere], workerExecutionRoleArn });
    expect(statement(both, 'RunTask1')?.Resource).toEqual(['arn:aws:ecs:eu-west-1:111122223333:task-definition/big:*']);
    expect(statement(both, 'StopTask')?.Resource).toEqual([
      'arn:aws:ecs:eu-west-1:111122223333:task/workers/*',
      'arn:aws:ecs:eu-west-1:111122223333:task/big/*',
    ]);
  });

  it('stops only what bears its tag, and tags only what it starts', () => {
    expect(statement(policy, 'StopTask')?.Condition).toMatchObject({
      StringEquals: { 'aws:ResourceTag/fargate-gitlab-runner:deployment': 'shop-dev-runner' },
    });
    expect(statement(policy, 'TagTask')?.Condition).toMatchObject({ StringEquals: { 'ecs:CreateAction': 'RunTask' } });
  });

  it('passes both kinds of worker roles, each once, to ECS tasks only', () => {
    expect(statement(policy, 'PassWorkerRoles')).toMatchObject({
      Resource: [workerExecutionRoleArn, 'arn:aws:iam::111122223333:role/jobs'],
      Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    });
  });

  it('has a star alone only where AWS forces it', () => {
    const starred = [...policy.Statement, ...execPolicy().Statement].filter(({ Resource }) => Resource?.includes('*'));
    expect(starred.flatMap(({ Action }) => Action)).toEqual([
      'ecs:ListTasks',
      'ecs:DescribeTaskDefinition',
      'ecs:ListTaskDefinitionFamilies',
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ]);
  });
});

describe('an execution policy', () => {
  const bare = { place, images: ['registry.example.com/worker:1'], logGroup: 'cwl-shop', logStreams: 'shop/*' };
  const secretsManager = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:gitlab-AbCdEf';

  it('writes to its own log streams, and needs no registry login for images outside of ECR', () => {
    expect(executionPolicy(bare).Statement).toEqual([
      {
        Sid: 'WriteLogs',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: ['arn:aws:logs:eu-west-1:111122223333:log-group:cwl-shop:log-stream:shop/*'],
      },
    ]);
  });

  it('pulls from the repositories of its images, each named once', () => {
    const images = ['1', '2'].map((tag) => `444455556666.dkr.ecr.eu-west-1.amazonaws.com/team/worker:${tag}`);
    const policy = executionPolicy({ ...bare, images: [...images, '444455556666.dkr.ecr.eu-west-1.amazonaws.com/x@sha256:00'] });
    expect(statement(policy, 'PullImages')?.Resource).toEqual([
      'arn:aws:ecr:eu-west-1:444455556666:repository/team/worker',
      'arn:aws:ecr:eu-west-1:444455556666:repository/x',
    ]);
  });

  it('reads the secret of either service with the action of that service, the whole of it', () => {
    const ofSecret = (arn: string) => statement(executionPolicy({ ...bare, secret: { arn } }), 'ReadTokenSecret');
    expect(ofSecret(`${secretsManager}:json-key::`)).toMatchObject({
      Action: ['secretsmanager:GetSecretValue'],
      Resource: [secretsManager],
    });
    const parameter = 'arn:aws:ssm:eu-west-1:111122223333:parameter/gitlab/token';
    expect(ofSecret(parameter)).toMatchObject({ Action: ['ssm:GetParameters'], Resource: [parameter] });
  });

  it('decrypts with the given key through the service of the secret, and with no key when none is given', () => {
    const policy = executionPolicy({ ...bare, secret: { arn: secretsManager, kmsKey: '0000-1111' } });
    expect(statement(policy, 'DecryptTokenSecret')).toMatchObject({
      Resource: ['arn:aws:kms:eu-west-1:111122223333:key/0000-1111'],
      Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
    });
    expect(JSON.stringify(executionPolicy({ ...bare, secret: { arn: secretsManager } }))).not.toContain('kms:');
  });
});

describe('beside its tasks, the manager', () => {
  const bucketArn = 'arn:aws:s3:::cache';

  it("reads the log streams of its own workers' families only", () => {
    const policy = workerLogPolicy({ place, logGroup: 'cwl-shop', streamPrefix: 'task-shop-dev-runner-worker-' });
    expect(policy.Statement.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [['logs:GetLogEvents'], ['arn:aws:logs:eu-west-1:111122223333:log-group:cwl-shop:log-stream:task-shop-dev-runner-worker-*']],
    ]);
  });

  it('reads and writes caches but deletes none, and uses a key only where there is one', () => {
    expect(cachePolicy({ bucketArn, prefix: '', region: 'eu-west-1' }).Statement.flatMap(({ Action }) => Action)).toEqual([
      's3:GetObject',
      's3:PutObject',
      's3:ListBucket',
    ]);
    expect(statement(cachePolicy({ bucketArn, prefix: '', region: 'eu-west-1', keyArn: 'arn:key' }), 'CacheKey')).toMatchObject({
      Resource: ['arn:key'],
      Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
    });
  });

  it('reads the secrets that are listed, each by the action of its service, and none where none is', () => {
    const parameter = 'arn:aws:ssm:eu-west-1:111122223333:parameter/ci/*';
    expect(jobSecretPolicy([])).toBeUndefined();
    expect(jobSecretPolicy([parameter])?.Statement).toEqual([
      { Sid: 'JobParameters', Effect: 'Allow', Action: ['ssm:GetParameter'], Resource: [parameter] },
    ]);
    const secret = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ci/*';
    expect(jobSecretPolicy([parameter, secret])?.Statement.map(({ Resource }) => Resource)).toEqual([[secret], [parameter]]);
  });
});

describe('the job store', () => {
  const role = 'arn:aws:iam::111122223333:role/manager';

  it('gives the manager records, their list, and the key through S3', () => {
    const policy = jobStorePolicy({ bucketArn: 'arn:aws:s3:::jobs', keyArn: 'arn:key', region: 'eu-west-1' });
    expect(policy.Statement.flatMap(({ Action, Resource = [] }) => Action.map((action) => `${action} ${Resource[0]}`))).toEqual([
      's3:GetObject arn:aws:s3:::jobs/*',
      's3:PutObject arn:aws:s3:::jobs/*',
      's3:DeleteObject arn:aws:s3:::jobs/*',
      's3:ListBucket arn:aws:s3:::jobs',
      'kms:Decrypt arn:key',
      'kms:GenerateDataKey arn:key',
    ]);
  });

  it('refuses all others, and everybody without TLS', () => {
    const policy = jobStoreBucketPolicy('arn:aws:s3:::jobs', role);
    expect(policy.Statement.map(({ Effect, Condition }) => [Effect, Condition])).toEqual([
      ['Deny', { Bool: { 'aws:SecureTransport': 'false' } }],
      ['Deny', { ArnNotEquals: { 'aws:PrincipalArn': role } }],
    ]);
  });

  it('lets the account look after the key and only the manager use it', () => {
    const [administration, use] = jobStoreKeyPolicy(place, role).Statement;
    expect(administration?.Action.filter((action) => /crypt|DataKey|Grant$/.test(action))).toEqual(['kms:RevokeGrant']);
    expect(use?.Condition).toEqual({ ArnEquals: { 'aws:PrincipalArn': role } });
  });
});

it('the trust policy lets in ECS tasks of this account and region only', () => {
  expect(taskTrustPolicy(place).Statement[0]?.Condition).toEqual({
    StringEquals: { 'aws:SourceAccount': '111122223333' },
    ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:eu-west-1:111122223333:*' },
  });
});

it('the size of the policies of a role is that of all of them, without white space, as IAM counts', () => {
  const document = { Version: '2012-10-17', Statement: [{ Sid: 'A', Effect: 'Allow', Action: ['a:B'], Resource: ['a b'] }] } as const;
  const text = '{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["a:B"],"Resource":["ab"]}]}';
  expect(rolePoliciesSize({ one: document, two: document })).toBe(2 * text.length);
});
