import { configJsonSchema } from '@fargate-gitlab-runner/config';
import { App, aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { FargateCluster } from './fargate-cluster.ts';
import { RunnerNetwork } from './runner-network.ts';
import { RunnerService } from './runner-service.ts';
import { sampleEntry, sampleProps } from './sample-props.test-double.ts';

const env = { account: '111122223333', region: 'eu-west-1' };
let template: Template;
let fromNothing: Template;

/** Two stacks in all: one with everything given, and one with a network, clusters and a role that are still to be made. */
beforeAll(() => {
  process.env.CDK_VALIDATION = 'false';
  const app = new App();
  const given = new Stack(app, 'given', { env });
  new RunnerService(given, 'Runners', sampleProps);
  const made = new Stack(app, 'made', { env });
  serviceFromNothing(made);
  template = Template.fromStack(given);
  fromNothing = Template.fromStack(made);
});

function serviceFromNothing(stack: Stack): void {
  const network = new RunnerNetwork(stack, 'Network', { name: 'ci' });
  const cluster = new FargateCluster(stack, 'Cluster', { clusterName: 'ci' });
  const jobs = new iam.CfnRole(stack, 'Jobs', { assumeRolePolicyDocument: {} });
  new RunnerService(stack, 'Runners', {
    ...sampleProps,
    managerEcsClusterArn: cluster.clusterArn,
    managerSubnetIds: network.subnetIds,
    managerSecurityGroupIds: [network.managerSecurityGroupId],
    cacheBucketName: 'our-cache',
    managersConfigs: {
      small: {
        ...sampleEntry,
        worker_ecs_cluster_arn: cluster.clusterArn,
        worker_subnet_id: network.subnetIds[0],
        worker_security_group_id: network.workerSecurityGroupId,
        worker_task_role_arn: jobs.attrArn,
      },
    },
  });
}

describe('a service', () => {
  it("bears the predecessor's names", () => {
    template.hasResourceProperties('AWS::ECS::Service', { ServiceName: 'shop-dev-runner', DesiredCount: 2, EnableExecuteCommand: false });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', { Family: 'task-shop-dev-runner-worker-small' });
    template.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: 'cwl-shop-dev-runner', RetentionInDays: 90 });
    expect(Object.values(template.findResources('AWS::IAM::Role')).map(({ Properties }) => Properties.RoleName)).toEqual([
      'iam-role-shop-dev-runner-worker-execution',
      'iam-role-shop-dev-runner-manager-task',
      'iam-role-shop-dev-runner-manager-execution',
    ]);
  });

  it('starts the successor first and rolls back what does not become healthy', () => {
    template.hasResourceProperties('AWS::ECS::Service', {
      DeploymentConfiguration: {
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
    });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [{ Name: 'cd-ecs-shop-dev-runner-manager', StopTimeout: 120, HealthCheck: Match.objectLike({ Retries: 3 }) }],
    });
  });

  it('puts the boundary on every role and the common tags on everything that takes tags', () => {
    template.allResourcesProperties('AWS::IAM::Role', { PermissionsBoundary: 'arn:aws:iam::111122223333:policy/boundary' });
    for (const type of [
      'AWS::IAM::Role',
      'AWS::S3::Bucket',
      'AWS::KMS::Key',
      'AWS::ECS::Service',
      'AWS::ECS::TaskDefinition',
      'AWS::Logs::LogGroup',
    ]) {
      template.allResourcesProperties(type, { Tags: [{ Key: 'team', Value: 'shop' }] });
    }
  });

  it('has a worker with the deadline sidecar, and keeps the revisions before', () => {
    template.hasResource('AWS::ECS::TaskDefinition', {
      UpdateReplacePolicy: 'Retain',
      Properties: Match.objectLike({
        TaskRoleArn: 'arn:aws:iam::111122223333:role/jobs',
        ContainerDefinitions: [
          Match.objectLike({
            Name: 'ci-coordinator',
            PortMappings: [{ ContainerPort: 22, Protocol: 'tcp' }],
            LinuxParameters: { InitProcessEnabled: true },
          }),
          Match.objectLike({ Name: 'ci-deadline', Essential: true }),
        ],
      }),
    });
  });

  it('keeps the store and the cache apart, each with a key of its own, without versions and closed to the public', () => {
    template.resourceCountIs('AWS::S3::Bucket', 2);
    template.resourceCountIs('AWS::KMS::Key', 2);
    template.allResourcesProperties('AWS::S3::Bucket', {
      VersioningConfiguration: Match.absent(),
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    template.resourcePropertiesCountIs(
      'AWS::S3::BucketPolicy',
      { PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Sid: 'ManagerOnly', Effect: 'Deny' })]) } },
      1,
    );
  });

  it('removes tombstones after two days, live records after the longest job, and neither runner tokens nor system ids', () => {
    const rules = Object.values(template.findResources('AWS::S3::Bucket')).flatMap(
      ({ Properties }) => Properties.LifecycleConfiguration.Rules,
    );
    const expiring = rules.filter((rule) => rule.ExpirationInDays !== undefined);
    expect(expiring.map((rule) => `${rule.Prefix} ${rule.ExpirationInDays}`)).toEqual(['jobs/ 40', 'done/ 2', 'owners/ 2']);
    const entry = configJsonSchema().properties?.managers_configs?.anyOf?.[1]?.items?.properties ?? {};
    const longestJobDays = Number(entry.registration?.properties?.maximum_timeout?.maximum) / 86_400;
    expect(longestJobDays).toBeGreaterThanOrEqual(30);
    expect(expiring.find((rule) => rule.Prefix === 'jobs/').ExpirationInDays).toBeGreaterThan(longestJobDays);
  });

  it('tells managers the revision of every worker, its log group and its store', () => {
    const definitions = Object.values(template.findResources('AWS::ECS::TaskDefinition')).map(({ Properties }) => Properties);
    const container = definitions.find(({ Family }) => Family === 'task-shop-dev-runner-manager')?.ContainerDefinitions[0];
    const told = JSON.stringify(container.Environment.find(({ Name }: { Name: string }) => Name === 'MANAGERS_CONFIGS'));
    expect(told).toContain('worker_task_definition_arn');
    expect(told).toMatch(/"TaskDefinitionArn"|"Ref":"RunnersWorkersmall/);
    expect(container.Environment.map(({ Name }: { Name: string }) => Name)).toContain('JOB_STORE_BUCKET');
  });
});

describe('a service from nothing', () => {
  it('takes references for subnets, security groups and task roles', () => {
    fromNothing.hasResourceProperties('AWS::ECS::Service', {
      NetworkConfiguration: {
        AwsvpcConfiguration: { Subnets: [{ Ref: Match.stringLikeRegexp('Subnet0') }, { Ref: Match.stringLikeRegexp('Subnet1') }] },
      },
    });
    fromNothing.hasResourceProperties('AWS::ECS::TaskDefinition', { TaskRoleArn: { 'Fn::GetAtt': ['Jobs', 'Arn'] } });
    expect(JSON.stringify(fromNothing.toJSON())).not.toMatch(/0000000000000000|role\/0000/);
  });

  it('uses the cache that was given', () => {
    fromNothing.resourceCountIs('AWS::S3::Bucket', 1);
  });

  it('lets SSH through from managers to workers only, on both ports', () => {
    const rules = Object.values(fromNothing.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties);
    const ssh = rules.filter(({ FromPort }) => FromPort !== 443);
    expect(ssh.map(({ FromPort, ToPort }) => [FromPort, ToPort])).toEqual([
      [22, 22],
      [2222, 2222],
    ]);
    for (const { GroupId, SourceSecurityGroupId } of ssh) {
      expect(JSON.stringify(GroupId)).toContain('NetworkWorkers');
      expect(JSON.stringify(SourceSecurityGroupId)).toContain('NetworkManagers');
    }
    fromNothing.allResourcesProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
  });

  it('has the endpoints that a private setup needs', () => {
    const services = Object.values(fromNothing.findResources('AWS::EC2::VPCEndpoint')).map(({ Properties }) => Properties.ServiceName);
    expect(services).toEqual(
      ['ecs', 'ecr.api', 'ecr.dkr', 'logs', 'secretsmanager', 'ssm', 'ssmmessages', 'sts', 's3'].map(
        (name) => `com.amazonaws.eu-west-1.${name}`,
      ),
    );
  });

  it('waits for the clusters and networks of the app that it uses, for all that they are made of, and for no other', () => {
    const stack = new Stack(new App(), 'made', { env });
    new RunnerNetwork(stack, 'UnusedNetwork', { name: 'other', internet: 'none' });
    new FargateCluster(stack, 'UnusedCluster', { clusterName: 'other' });
    serviceFromNothing(stack);
    const made = Template.fromStack(stack);
    const [service] = Object.values(made.findResources('AWS::ECS::Service'));
    const surroundings = Object.keys(made.toJSON().Resources).filter((id) => /^(Network|Cluster)/.test(id));
    expect(surroundings.length).toBeGreaterThan(20);
    expect(service?.DependsOn).toEqual(expect.arrayContaining(surroundings));
    expect(service?.DependsOn.filter((id: string) => id.startsWith('Unused'))).toEqual([]);
  });

  it('has clusters with a default strategy', () => {
    fromNothing.hasResourceProperties('AWS::ECS::Cluster', {
      CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      DefaultCapacityProviderStrategy: [
        { CapacityProvider: 'FARGATE', Weight: 50 },
        { CapacityProvider: 'FARGATE_SPOT', Weight: 50 },
      ],
    });
  });
});

it('a cluster in a stack without account and region says what to do', () => {
  const stack = new Stack(new App(), 'anywhere');
  expect(() => new FargateCluster(stack, 'Cluster', { clusterName: 'ci' })).toThrow(/account and region of the stack must be written out/);
});
