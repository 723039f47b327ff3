export { CPU_ARCHITECTURES, type CpuArchitecture } from './cpu-architecture.ts';
export { FARGATE_SIZES, type FargateSize, isFargateSize, memorySizesFor } from './fargate-sizes.ts';
export { LOG_RETENTION_DAYS } from './log-retention.ts';
export { type ManagerDefinitionInput, managerTaskDefinition } from './manager-definition.ts';
export {
  clientTokenOf,
  DEADLINE_CONTAINER,
  defaultWorkerFamilyOf,
  derivedFamilyPrefixOf,
  type ExpiryRule,
  isDerivedFamily,
  MANAGER_ENV,
  MANAGER_HEALTH_CHECK,
  MANAGER_TELEMETRY_PORT,
  PROGRAM_NAME,
  shimFolderOf,
  startedByOf,
  STORE_EXPIRY,
  STORE_KEYS,
  TASK_TAGS,
  TOOLBOX_SSH_PORT,
  WORKER_CONTAINER,
  WORKER_DEFINITION_ENV,
  WORKER_ENV,
  WORKER_SSH_PORT,
  workerFamilyOf,
} from './names.ts';
export type { AwsPlace } from './policies/aws-place.ts';
export type { CacheAccess } from './policies/cache-policy.ts';
export { type ExecutionPolicyInput, executionPolicy } from './policies/execution-policy.ts';
export { cacheKeyPolicy, jobStoreKeyPolicy } from './policies/key-policies.ts';
export { managerRolePolicies } from './policies/manager-role-policies.ts';
export type { PermittedWorker } from './policies/manager-task-policy.ts';
export { matchesArn } from './policies/matches-arn.ts';
export type { PolicyDocument, PolicyStatement } from './policies/policy-document.ts';
export { cacheBucketPolicy, jobStoreBucketPolicy } from './policies/private-bucket-policies.ts';
export { LARGEST_ROLE_POLICIES, rolePoliciesSize } from './policies/role-policies-size.ts';
export { taskTrustPolicy } from './policies/trust-policy.ts';
export { LONGEST_ROLE_NAME, type ServiceIdentity, type ServiceNames, serviceNames } from './service-names.ts';
export { managerServiceSettings, type ServiceSettingsInput } from './service-settings.ts';
export type { ContainerDefinition, TaskDefinition, TaskLogs } from './task-definition.ts';
export { isRegistrationToken, parseTokenSecret, type TokenSecret } from './token-secret.ts';
export { DEADLINE_EXIT_CODE, deadlineCommand, type WorkerDefinitionInput, workerTaskDefinition } from './worker-definition.ts';
