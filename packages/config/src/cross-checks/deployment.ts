import { LONGEST_ROLE_NAME, serviceNames } from '@fargate-gitlab-runner/blueprint';
import { MANAGER_SIZE } from '../deployment-config.ts';
import type { Finding } from '../finding.ts';
import type { CrossCheck, Subject } from './cross-check.ts';
import { sizeFindings } from './worker-size.ts';

/** What a deployment can't do without. */
const REQUIRED = [
  'aws_region',
  'environment',
  'project_code',
  'service_name',
  'manager_ecs_cluster_arn',
  'manager_security_group_ids',
  'manager_subnet_ids',
  'manager_docker_image',
  'gitlab_token_secret_arn',
] as const;

/** Whether the document says what to deploy: the caller says so, or the cluster of the managers is named. */
export function describesDeployment({ isDeployment, draft, isFaulty }: Subject): boolean {
  return isDeployment || draft.manager_ecs_cluster_arn !== undefined || isFaulty(['manager_ecs_cluster_arn']);
}

/** A deployment has all that it needs, a size that Fargate has, and names that IAM takes. */
export const checkDeployment: CrossCheck = (subject) => [...missing(subject), ...managerSize(subject), ...nameLength(subject)];

function missing({ draft, isFaulty }: Subject): Finding[] {
  return REQUIRED.filter((key) => draft[key] === undefined && !isFaulty([key])).map((key) => ({
    code: 'FR_CONFIG_MISSING_KEY',
    path: [key],
    what: `${key} is required`,
  }));
}

function managerSize({ draft, isFaulty }: Subject): Finding[] {
  if (isFaulty(['manager_cpu']) || isFaulty(['manager_memory'])) return [];
  const { manager_cpu: cpu = MANAGER_SIZE.cpu, manager_memory: memory = MANAGER_SIZE.memoryMiB } = draft;
  return sizeFindings({ cpu, memory }, { path: [], of: 'manager' });
}

function nameLength({ draft: { project_code: project, environment, service_name: name } }: Subject): Finding[] {
  if (project === undefined || environment === undefined || name === undefined) return [];
  const { service, managerExecutionRole: longest } = serviceNames({ project, environment, name });
  if (longest.length <= LONGEST_ROLE_NAME) return [];
  return [{ code: 'FR_CONFIG_NAMES_TOO_LONG', path: ['service_name'], given: `${service}, ${service.length} characters` }];
}
