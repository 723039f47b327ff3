import type { Finding } from '../finding.ts';
import { type AwsArn, parseArn } from '../schema/aws-arn.ts';
import type { CrossCheck } from './cross-check.ts';
import type { DraftRunner } from '../schema/document-schema.ts';

/** Region, cluster and task definition of a worker belong together. */
export const checkWorkerRegions: CrossCheck = ({ runners }) => runners.flatMap((runner) => [...regionOf(runner), ...definitionOf(runner)]);

function regionOf(runner: DraftRunner): Finding[] {
  const cluster = arnOf(runner.values.worker_ecs_cluster_arn);
  const region = runner.values.worker_aws_region;
  if (!cluster || region === undefined || region === cluster.region) return [];
  return [
    {
      code: 'FR_CONFIG_REGION_DIFFERS',
      path: [...runner.path, 'worker_aws_region'],
      what: `the worker region is ${region}, but the worker cluster lies in ${cluster.region}`,
      allowed: cluster.region,
    },
  ];
}

function definitionOf(runner: DraftRunner): Finding[] {
  const cluster = arnOf(runner.values.worker_ecs_cluster_arn);
  const definition = arnOf(runner.values.worker_task_definition_arn);
  if (!cluster || !definition || (definition.region === cluster.region && definition.account === cluster.account)) return [];
  return [
    {
      code: 'FR_CONFIG_TASK_DEFINITION_ELSEWHERE',
      path: [...runner.path, 'worker_task_definition_arn'],
      allowed: `arn:${cluster.partition}:ecs:${cluster.region}:${cluster.account}:task-definition/<family>`,
    },
  ];
}

function arnOf(text: string | undefined): AwsArn | undefined {
  const arn = text?.startsWith('arn:') ? parseArn(text) : undefined;
  return arn && !('fault' in arn) ? arn : undefined;
}
