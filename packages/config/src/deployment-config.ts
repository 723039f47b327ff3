import type { CpuArchitecture } from '@fargate-gitlab-runner/blueprint';
import type { Config } from './config.ts';

/** Size of a manager where none is given: CPU units and MiB. */
export const MANAGER_SIZE = { cpu: 256, memoryMiB: 512 } as const;

/** The cache of a deployment. */
interface DeployedCache {
  /** Left out: a bucket is made. */
  readonly bucketName?: string;
  /** Of the bucket. */
  readonly region: string;
  /** Every object's name begins with it: empty, or with a slash at its end. */
  readonly prefix: string;
  readonly isShared: boolean;
  /** Key of a bucket that was given. */
  readonly kmsKeyArn?: string;
}

/** What to deploy, checked and complete: every default filled in, every unit in a name. */
export interface DeploymentConfig {
  /** What the managers are told, without what the deployment makes itself (store, task definitions). */
  readonly manager: Config;
  readonly region: string;
  readonly project: string;
  readonly environment: string;
  readonly serviceName: string;
  readonly clusterArn: string;
  readonly instanceCount: number;
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Left out: X86_64. */
  readonly cpuArchitecture?: CpuArchitecture;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly assignPublicIp: boolean;
  /** Whether ECS Exec opens shells in managers. */
  readonly isExecOn: boolean;
  readonly image: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly tokenSecretArn: string;
  /** Id or ARN of a key. */
  readonly secretsKmsKey?: string;
  readonly permissionsBoundaryArn?: string;
  /** 0: for ever. */
  readonly logRetentionInDays: number;
  readonly logKmsKeyArn?: string;
  readonly cache: DeployedCache;
  /** The entries of `managers_configs` by name, as they were written. */
  readonly entries: Readonly<Record<string, unknown>>;
}
