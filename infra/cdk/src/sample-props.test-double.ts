import type { RunnerServiceProps } from './runner-service-props.ts';

/** The one entry of the props below. */
export const sampleEntry = {
  tags: ['small'],
  limit: 10,
  worker_docker_image: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/worker:1',
  worker_cpu: 256,
  worker_memory: 512,
  worker_ecs_cluster_arn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
  worker_aws_region: 'eu-west-1',
  worker_subnet_id: 'subnet-0a1b2c3d4e5f60718',
  worker_security_group_id: 'sg-0a1b2c3d4e5f60718',
  worker_task_role_arn: 'arn:aws:iam::111122223333:role/jobs',
};

/** Props that nothing is wrong with. */
export const sampleProps: RunnerServiceProps = {
  projectCode: 'shop',
  environment: 'dev',
  serviceName: 'runner',
  awsRegion: 'eu-west-1',
  managerEcsClusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/managers',
  managerInstanceCount: 2,
  managerDockerImage: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/manager:1',
  managerSubnetIds: ['subnet-0a1b2c3d4e5f60718'],
  managerSecurityGroupIds: ['sg-0a1b2c3d4e5f60718'],
  gitlabUrl: 'https://gitlab.example.com',
  gitlabRunnerConcurrency: 20,
  gitlabRunnerNamePrefix: 'shop-dev',
  gitlabTokenSecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:gitlab-AbCdEf',
  secretsKmsKey: '0f0f0f0f-1111-2222-3333-0f0f0f0f0f0f',
  iamPermissionsBoundary: 'arn:aws:iam::111122223333:policy/boundary',
  tagsCommon: { team: 'shop' },
  logRetentionInDays: 90,
  logKmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1e1e1e1e-1111-2222-3333-0f0f0f0f0f0f',
  managersConfigs: {
    small: sampleEntry,
  },
};
