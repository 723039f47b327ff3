import { type Problem, Secret } from '@fargate-gitlab-runner/kernel';
import { type DeploymentConfig, MANAGER_SIZE } from './deployment-config.ts';
import { openTyped } from './doors/typed-door.ts';
import { judge } from './interpret.ts';
import { normalise } from './normalise.ts';
import { folderOf } from './normalise-cache.ts';
import type { ParsedDocument } from './schema/document-schema.ts';
import { isRecord } from './value-at.ts';
import { withoutBlanks } from './without-blanks.ts';

/** What judging a deployment came to; problems and warnings in the order of the document. */
export type DeploymentResult =
  | { readonly kind: 'deployment'; readonly deployment: DeploymentConfig; readonly warnings: readonly Problem[] }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

/** Days that logs are kept where nothing is said. */
const LOG_RETENTION_DAYS = 30;

/**
 * Judges a document that says what to deploy: the words of the predecessor's Terraform module. All problems are found in one go. Tokens
 * are not looked for: they are in the secret that the document names.
 */
export function interpretDeployment(document: unknown): DeploymentResult {
  const source = openTyped(document);
  const { document: parsed, errors, warnings } = judge(source, { env: {}, tokens: 'not needed', isDeployment: true });
  if (errors.length > 0 || !parsed) return { kind: 'invalid', problems: errors, warnings };
  return { kind: 'deployment', deployment: deploymentOf(parsed, entriesOf(document)), warnings };
}

function deploymentOf(document: ParsedDocument, entries: DeploymentConfig['entries']): DeploymentConfig {
  return {
    manager: normalise(document, '.', () => new Secret('')),
    ...serviceOf(document),
    ...managersOf(document),
    ...optionsOf(document),
    cache: cacheOf(document),
    entries,
  };
}

/** The checks have seen to it that nothing required is missing; the empty strings and lists are for the compiler. */
function serviceOf(document: ParsedDocument) {
  return {
    region: document.aws_region ?? '',
    project: document.project_code ?? '',
    environment: document.environment ?? '',
    serviceName: document.service_name ?? '',
    clusterArn: document.manager_ecs_cluster_arn ?? '',
    subnetIds: document.manager_subnet_ids ?? [],
    securityGroupIds: document.manager_security_group_ids ?? [],
    image: document.manager_docker_image ?? '',
    tokenSecretArn: document.gitlab_token_secret_arn ?? '',
  };
}

function managersOf(document: ParsedDocument) {
  return {
    instanceCount: document.manager_instance_count ?? 1,
    cpu: document.manager_cpu ?? MANAGER_SIZE.cpu,
    memoryMiB: document.manager_memory ?? MANAGER_SIZE.memoryMiB,
    assignPublicIp: document.manager_assign_public_ip ?? false,
    isExecOn: document.manager_execute_command ?? false,
    tags: document.tags_common ?? {},
    logRetentionInDays: document.log_retention_in_days ?? LOG_RETENTION_DAYS,
  };
}

/** A bucket that is made lies with the service. */
function cacheOf(document: ParsedDocument): DeploymentConfig['cache'] {
  const { cache_bucket_name: bucketName, cache_kms_key_arn: kmsKeyArn, cache_bucket_region: region } = document;
  return {
    ...(bucketName !== undefined && { bucketName }),
    region: (bucketName === undefined ? undefined : region) ?? document.aws_region ?? '',
    prefix: folderOf(document.cache_prefix),
    isShared: document.cache_shared,
    ...(kmsKeyArn !== undefined && { kmsKeyArn }),
  };
}

function optionsOf(document: ParsedDocument) {
  return {
    ...(document.manager_cpu_architecture !== undefined && { cpuArchitecture: document.manager_cpu_architecture }),
    ...(document.secrets_kms_key !== undefined && { secretsKmsKey: document.secrets_kms_key }),
    ...(document.iam_permissions_boundary !== undefined && { permissionsBoundaryArn: document.iam_permissions_boundary }),
    ...(document.log_kms_key_arn !== undefined && { logKmsKeyArn: document.log_kms_key_arn }),
  };
}

function entriesOf(document: unknown): DeploymentConfig['entries'] {
  const runners = isRecord(document) ? document.managers_configs : undefined;
  const entries = Object.entries(isRecord(runners) ? runners : {}).flatMap(([key, entry]) =>
    isRecord(entry) ? [[key, entry] as const] : [],
  );
  return Object.fromEntries(
    entries.map(([key, entry]) => [Array.isArray(runners) ? String(entry.manager_name) : key, withoutBlanks(entry)]),
  );
}
