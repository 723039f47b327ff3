import type { Finding, Path } from '../finding.ts';
import { parseArn } from '../schema/aws-arn.ts';
import type { CrossCheck } from './cross-check.ts';

/** Everything of a deployment lies in one region: subnets have no region in their ids, but the clusters that they serve do. */
export const checkDeploymentPlaces: CrossCheck = ({ draft, runners }) => {
  const region = draft.aws_region;
  if (region === undefined) return [];
  const places: (readonly [Path, string | undefined])[] = [
    [['manager_ecs_cluster_arn'], draft.manager_ecs_cluster_arn],
    [['gitlab_token_secret_arn'], draft.gitlab_token_secret_arn],
    [['log_kms_key_arn'], draft.log_kms_key_arn],
    ...runners.map(({ path, values }) => [[...path, 'worker_ecs_cluster_arn'], values.worker_ecs_cluster_arn] as const),
  ];
  return places.flatMap(([path, arn]) => elsewhere(path, arn, region));
};

function elsewhere(path: Path, text: string | undefined, region: string): Finding[] {
  const arn = text === undefined ? undefined : parseArn(text);
  if (arn === undefined || 'fault' in arn || arn.region === region) return [];
  return [{ code: 'FR_CONFIG_ELSEWHERE', path, what: `this lies in ${arn.region}, but the service and its subnets in ${region}` }];
}
