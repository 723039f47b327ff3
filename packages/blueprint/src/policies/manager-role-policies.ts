import type { ServiceNames } from '../service-names.ts';
import type { AwsPlace } from './aws-place.ts';
import { type CacheAccess, cachePolicy } from './cache-policy.ts';
import { execPolicy } from './exec-policy.ts';
import { jobSecretPolicy } from './job-secret-policy.ts';
import { type JobStoreAccess, jobStorePolicy } from './job-store-policy.ts';
import { managerTaskPolicy, type PermittedWorker } from './manager-task-policy.ts';
import type { PolicyDocument } from './policy-document.ts';
import { workerLogPolicy } from './worker-log-policy.ts';

/** What the permissions of managers are made of. */
export interface ManagerRoleInput {
  readonly place: AwsPlace;
  readonly names: ServiceNames;
  readonly workers: readonly PermittedWorker[];
  readonly workerExecutionRoleArn: string;
  readonly jobStore: Pick<JobStoreAccess, 'bucketArn' | 'keyArn'>;
  readonly cache: CacheAccess;
  /** Secrets and parameters that jobs may name; may be empty. */
  readonly jobSecretArns: readonly string[];
  /** Whether ECS Exec opens shells in managers. */
  readonly isExecOn: boolean;
}

/** All that a manager may do on AWS: the policies of its task role by name. */
export function managerRolePolicies(input: ManagerRoleInput): Readonly<Record<string, PolicyDocument>> {
  const { place, names, workers, workerExecutionRoleArn } = input;
  const jobSecrets = jobSecretPolicy(input.jobSecretArns);
  return {
    tasks: managerTaskPolicy({ deployment: names.service, workers, workerExecutionRoleArn }),
    'job-store': jobStorePolicy({ ...input.jobStore, region: place.region }),
    'worker-logs': workerLogPolicy({ place, logGroup: names.logGroup, streamPrefix: names.workerFamilyPrefix }),
    cache: cachePolicy(input.cache),
    ...(jobSecrets && { 'job-secrets': jobSecrets }),
    ...(input.isExecOn && { exec: execPolicy() }),
  };
}
