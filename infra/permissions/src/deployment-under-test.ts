import { serviceNames } from '@fargate-gitlab-runner/blueprint';
import { RunnerService, type RunnerServiceProps } from '@fargate-gitlab-runner/cdk';
import { resolvedTemplate } from '@fargate-gitlab-runner/testkit';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

export const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';
const names = serviceNames({ project: 'shop', environment: 'dev', name: 'runner' });

/** The deployment whose policies are tried: its names are those of the run that is recorded. */
export const DEPLOYMENT = names.service;
export const RUNNER = 'small';
export const LOG_GROUP = names.logGroup;
export const JOB_ROLE = `arn:aws:iam::${ACCOUNT}:role/jobs`;
export const WORKER_EXECUTION_ROLE = `arn:aws:iam::${ACCOUNT}:role/${names.workerExecutionRole}`;
export const MANAGER_ROLE = `arn:aws:iam::${ACCOUNT}:role/${names.managerTaskRole}`;
export const JOB_SECRETS = [`arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:ci/*`, `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/ci/*`];

/** The buckets of the recorded run, each with the key that a deployment gives it. */
export const BUCKETS = {
  'job-records': `arn:aws:kms:${REGION}:${ACCOUNT}:key/11111111-1111-1111-1111-111111111111`,
  'job-caches': `arn:aws:kms:${REGION}:${ACCOUNT}:key/22222222-2222-2222-2222-222222222222`,
};

const props: RunnerServiceProps = {
  projectCode: 'shop',
  environment: 'dev',
  serviceName: 'runner',
  awsRegion: REGION,
  managerEcsClusterArn: `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/managers`,
  managerDockerImage: 'registry.example.com/manager:1',
  managerSubnetIds: ['subnet-0a1b2c3d4e5f60718'],
  managerSecurityGroupIds: ['sg-0a1b2c3d4e5f60718'],
  gitlabUrl: 'https://gitlab.example.com',
  gitlabRunnerNamePrefix: 'shop-dev',
  gitlabTokenSecretArn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:gitlab-AbCdEf`,
  jobSecretArns: JOB_SECRETS,
  managersConfigs: {
    [RUNNER]: {
      tags: ['small'],
      worker_docker_image: 'registry.example.com/worker:1',
      worker_cpu: 256,
      worker_memory: 512,
      worker_ecs_cluster_arn: `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/workers`,
      worker_subnet_id: 'subnet-0a1b2c3d4e5f60718',
      worker_security_group_id: 'sg-0a1b2c3d4e5f60718',
      worker_task_role_arn: JOB_ROLE,
    },
  },
};

/** A policy document of the template. */
interface Document {
  readonly Statement: readonly { readonly Sid: string; readonly Effect: string; readonly Action: readonly string[] }[];
}

/** What is synthesised for the manager: its policies by name, and those of the buckets and keys. */
export interface SynthesisedPolicies {
  readonly manager: readonly { readonly name: string; readonly policy: Document }[];
  /** By the ARN of the bucket or key. */
  readonly resources: ReadonlyMap<string, Document>;
}

/** The policies of the deployment, with changes of its props, as the CDK synthesises them; the parity test holds Terraform to the same. */
export function synthesisedPolicies(changes: Partial<RunnerServiceProps> = {}): SynthesisedPolicies {
  const stack = new Stack(new App(), 'Permissions', { env: { account: ACCOUNT, region: REGION } });
  new RunnerService(stack, 'Runners', { ...props, ...changes });
  const made = resolvedTemplate(Template.fromStack(stack).toJSON(), {
    buckets: { JobStore: 'job-records', Cache: 'job-caches' },
    keys: { JobStore: BUCKETS['job-records'], Cache: BUCKETS['job-caches'] },
  });
  const propertiesOf = (type: string, part: string) =>
    JSON.stringify(made.find((one) => one.type === type && one.id.includes(part))?.properties);
  const role: { Policies: { PolicyName: string; PolicyDocument: Document }[] } = JSON.parse(
    propertiesOf('AWS::IAM::Role', 'ManagerTaskRole'),
  );
  const documentOf = (type: string, part: string): Document => {
    const properties: { PolicyDocument?: Document; KeyPolicy?: Document } = JSON.parse(propertiesOf(type, part));
    return properties.PolicyDocument ?? properties.KeyPolicy ?? { Statement: [] };
  };
  return {
    manager: role.Policies.map(({ PolicyName: name, PolicyDocument: policy }) => ({ name, policy })),
    resources: new Map([
      ['arn:aws:s3:::job-records', documentOf('AWS::S3::BucketPolicy', 'JobStore')],
      ['arn:aws:s3:::job-caches', documentOf('AWS::S3::BucketPolicy', 'Cache')],
      [BUCKETS['job-records'], documentOf('AWS::KMS::Key', 'JobStore')],
      [BUCKETS['job-caches'], documentOf('AWS::KMS::Key', 'Cache')],
    ]),
  };
}
