import { CPU_ARCHITECTURES, LOG_RETENTION_DAYS } from '@fargate-gitlab-runner/blueprint';
import * as z from 'zod';
import { AWS_REGION } from './aws-arn.ts';
import { boundaryArn, clusterArn, kmsKeyArn, kmsKeyOfSecret, tokenSecretArn } from './arn-fields.ts';
import { imageName } from './image-name.ts';
import { securityGroupId, subnetId } from './network-ids.ts';
import { patterned } from './patterned.ts';
import { wholeNumber } from './whole-number.ts';
import { yesOrNo } from './yes-or-no.ts';

/**
 * What describes the infrastructure: the inputs of the predecessor's Terraform module and a few more. They may stand in the same document,
 * where they are judged with the rest; the manager reads none of them. No defaults here: `deploymentOf` has them.
 */
export const infrastructureKeys = {
  aws_region: described(patterned(AWS_REGION, 'FR_CONFIG_REGION'), 'Region of the service and its logs.'),
  environment: described(namePart(), 'Environment, such as dev; second part of every name.'),
  project_code: described(namePart(), 'First part of every name.'),
  service_name: described(namePart(), 'Last part of the name of the ECS service.'),
  manager_ecs_cluster_arn: described(clusterArn(), 'Cluster of the managers.'),
  manager_instance_count: described(wholeNumber(0, 100), 'Manager processes. Left out: 1.'),
  manager_cpu: described(wholeNumber(256, 32_768), 'CPU units of a manager. Left out: 256.'),
  manager_memory: described(wholeNumber(512, 249_856), 'Memory of a manager in MiB. Left out: 512.'),
  manager_cpu_architecture: described(
    z.enum(CPU_ARCHITECTURES, 'FR_CONFIG_VALUE'),
    'Processors of the managers, which their image must be built for. Left out: X86_64.',
  ),
  manager_security_group_ids: described(
    z.array(securityGroupId).min(1, 'FR_CONFIG_SECURITY_GROUP_ID').max(5, 'FR_CONFIG_SECURITY_GROUP_ID'),
    'Security groups of the managers, 1 to 5.',
  ),
  manager_subnet_ids: described(
    z.array(subnetId).min(1, 'FR_CONFIG_SUBNET_ID').max(16, 'FR_CONFIG_SUBNET_ID'),
    'Subnets of the managers, 1 to 16.',
  ),
  manager_assign_public_ip: described(yesOrNo(), 'Whether managers get a public address. Left out: no.'),
  manager_execute_command: described(
    yesOrNo(),
    'Whether ECS Exec opens shells in managers; whoever may use it acts with the role of the managers. Left out: no.',
  ),
  manager_docker_image: described(imageName(), 'Image of the managers.'),
  tags_common: described(z.record(z.string(), z.string(), 'FR_CONFIG_WRONG_TYPE'), 'AWS tags of everything made.'),
  gitlab_token_secret_arn: described(tokenSecretArn(), 'ARN of the token secret, in Secrets Manager or Parameter Store.'),
  secrets_kms_key: described(kmsKeyOfSecret(), 'KMS key of that secret: id or ARN. Left out: the key that the service has by itself.'),
  iam_permissions_boundary: described(boundaryArn(), 'Permissions boundary of every role made.'),
  log_retention_in_days: described(
    wholeNumber(0, 3653).refine((days) => LOG_RETENTION_DAYS.includes(days), 'FR_CONFIG_LOG_RETENTION'),
    'Days that logs are kept; 0: for ever. Left out: 30.',
  ),
  log_kms_key_arn: described(kmsKeyArn(), 'KMS key of the logs. Left out: the encryption that CloudWatch Logs has by itself.'),
  cache_kms_key_arn: described(
    kmsKeyArn(),
    'KMS key of the bucket of cache_bucket_name. Left out: one of its own, or none that needs a permission.',
  ),
};

function namePart() {
  return patterned(/^[A-Za-z0-9][\w-]{0,31}$/, 'FR_CONFIG_NAME_PART');
}

function described<Schema extends z.ZodType>(schema: Schema, description: string) {
  return schema.optional().meta({ description: `${description} For the infrastructure; the manager ignores it.` });
}
