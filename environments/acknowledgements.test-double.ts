import type { DeployedEnvironment } from './common.ts';

/** A rule of cdk-nag that does not hold at a construct below the runner service, and why. */
export interface Acknowledgement {
  readonly at: readonly string[];
  readonly id: string;
  readonly reason: string;
}

/** All that AwsSolutions objects to in an environment and that stays as it is. Anything else fails the gate. */
export function acknowledgementsFor({ account, region, clusters, service }: DeployedEnvironment): readonly Acknowledgement[] {
  const name = `${service.projectCode}-${service.environment}-${service.serviceName}`;
  const runners = Object.keys(service.managersConfigs);
  const family = (runner: string) => `task-${name}-worker-${runner}`;
  const streams = (pattern: string) => `arn:<AWS::Partition>:logs:${region}:${account}:log-group:cwl-${name}:log-stream:${pattern}`;
  const wildcard = (role: string, resource: string, reason: string) => ({
    at: [role],
    id: `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`,
    reason,
  });
  const noAccessLogs = 'Access logs would cost more than the bucket, and CloudTrail data events record the same where somebody needs them.';
  const newStreams = 'Every task writes a log stream of its own; the prefix is that of the managers, or of the families of all workers.';
  const noResource = 'These actions know no resource: ecr:GetAuthorizationToken, ecs:ListTasks, those on task definitions but RunTask.';
  return [
    { at: ['JobStore', 'Bucket'], id: 'AwsSolutions::AwsSolutions-S1', reason: noAccessLogs },
    { at: ['Cache', 'Bucket'], id: 'AwsSolutions::AwsSolutions-S1', reason: noAccessLogs },
    {
      at: ['Manager'],
      id: 'AwsSolutions::AwsSolutions-ECS2',
      reason: 'The variables are settings; the token is a secret of the container.',
    },
    ...['WorkerExecutionRole', 'ManagerTaskRole', 'ManagerExecutionRole'].map((role) => wildcard(role, '*', noResource)),
    wildcard('WorkerExecutionRole', streams(`${family('')}*`), newStreams),
    wildcard('ManagerExecutionRole', streams(`${name}/*`), newStreams),
    ...runners.map((runner) =>
      wildcard(
        'ManagerTaskRole',
        `arn:aws:ecs:${region}:${account}:task-definition/${family(runner)}:*`,
        'The star is the revision: every deployment makes one.',
      ),
    ),
    wildcard(
      'ManagerTaskRole',
      `arn:aws:ecs:${region}:${account}:task/${clusters.workers}/*`,
      'Ids of tasks are not known before; the tag and the cluster limit the rest.',
    ),
    wildcard('ManagerTaskRole', streams(`${family('')}*`), newStreams),
    wildcard(
      'ManagerTaskRole',
      '<RunnersCacheBucket558AF4C6.Arn>/*',
      'Keys of caches hold the ids of projects; the bucket is for nothing else.',
    ),
    wildcard(
      'ManagerTaskRole',
      '<RunnersJobStoreBucketCCECAEFF.Arn>/*',
      'Keys of records hold the ids of jobs; the bucket is for nothing else.',
    ),
  ];
}
