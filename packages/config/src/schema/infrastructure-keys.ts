import * as z from 'zod';

/**
 * Inputs of the predecessor's Terraform module that describe the infrastructure. They may stand in the same document; the manager
 * reads none of them.
 */
export const infrastructureKeys = {
  aws_region: forInfrastructure('Region of the service and its logs.'),
  environment: forInfrastructure('Environment, such as dev.'),
  project_code: forInfrastructure('First part of every name.'),
  service_name: forInfrastructure('Last part of the name of the ECS service.'),
  manager_ecs_cluster_arn: forInfrastructure('Cluster of the managers.'),
  manager_instance_count: forInfrastructure('Manager processes.'),
  manager_cpu: forInfrastructure('CPU units of a manager.'),
  manager_memory: forInfrastructure('Memory of a manager in MiB.'),
  manager_security_group_ids: forInfrastructure('Security groups of the managers.'),
  manager_subnet_ids: forInfrastructure('Subnets of the managers.'),
  manager_docker_image: forInfrastructure('Image of the managers.'),
  tags_common: forInfrastructure('AWS tags of everything made.'),
  gitlab_token_secret_arn: forInfrastructure('ARN of the token secret.'),
  secrets_kms_key: forInfrastructure('KMS key of that secret.'),
  iam_permissions_boundary: forInfrastructure('Permissions boundary of every role made.'),
};

function forInfrastructure(description: string) {
  return z
    .unknown()
    .optional()
    .meta({ description: `${description} For the infrastructure; the manager ignores it.` });
}
