import type { CpuArchitecture } from '@fargate-gitlab-runner/blueprint';
import type { ConfigDocument } from '@fargate-gitlab-runner/config';

/**
 * What to deploy: the inputs of the predecessor's Terraform module in camel case, and a few more. All are judged together when the construct
 * is made; one error then names every problem.
 */
export interface RunnerServiceProps {
  /** First part of every name: letters, digits, `-`, `_`, at most 32; all three parts together at most 35. */
  readonly projectCode: string;
  /** Second part of every name, such as `dev`. */
  readonly environment: string;
  /** Third part of every name. The ECS service is `<projectCode>-<environment>-<serviceName>`. */
  readonly serviceName: string;
  /**
   * Region of the service, its logs and its workers.
   * @default the region of the stack, which must then be written out
   */
  readonly awsRegion?: string;
  /** ARN of the cluster of the managers, written out: a reference to a resource won't do. `FargateCluster.clusterArn` is written out. */
  readonly managerEcsClusterArn: string;
  /**
   * Manager processes, 0 to 100. Each takes up to `gitlabRunnerConcurrency` jobs.
   * @default 1
   */
  readonly managerInstanceCount?: number;
  /**
   * CPU units of a manager; 1024 are one vCPU. With `managerMemory` a size that Fargate has.
   * @default 256
   */
  readonly managerCpu?: number;
  /**
   * Memory of a manager in MiB.
   * @default 512
   */
  readonly managerMemory?: number;
  /**
   * Processors of the managers, which their image must be built for. Those of workers: `worker_cpu_architecture` of each runner.
   * @default 'X86_64'
   */
  readonly managerCpuArchitecture?: CpuArchitecture;
  /** Image of the manager, as for docker pull, written out: a reference won't do. `RunnerImages` builds one and writes it out. */
  readonly managerDockerImage: string;
  /** Subnets of the managers, 1 to 16; may be references. */
  readonly managerSubnetIds: readonly string[];
  /** Security groups of the managers, 1 to 5; may be references. They must let out 443 to GitLab and AWS, and SSH to the workers. */
  readonly managerSecurityGroupIds: readonly string[];
  /**
   * Whether managers get a public address: only where their subnets have no other way out than an internet gateway.
   * @default false
   */
  readonly managerAssignPublicIp?: boolean;
  /**
   * Whether ECS Exec opens shells in managers, for looking inside. Whoever may use it acts with the role of the managers, which reads the
   * secrets of the jobs that run.
   * @default false
   */
  readonly managerExecuteCommand?: boolean;
  /** Full address of GitLab. */
  readonly gitlabUrl: string;
  /**
   * Jobs at a time in each manager process, 1 to 10,000.
   * @default 10
   */
  readonly gitlabRunnerConcurrency?: number;
  /** First part of what GitLab calls the runners: letters, digits, `-`, `_`, `.`, at most 64. */
  readonly gitlabRunnerNamePrefix: string;
  /** The runners, as in `docs/reference/configuration.md`. Subnets, security groups and task roles may be references. */
  readonly managersConfigs: ConfigDocument['managers_configs'];
  /** ARN of the runner tokens, written out, in Secrets Manager or Parameter Store: one token, or a JSON object from runner to token. */
  readonly gitlabTokenSecretArn: string;
  /**
   * KMS key of that secret, id or ARN.
   * @default the key that the service has by itself, which needs no permission
   */
  readonly secretsKmsKey?: string;
  /**
   * ARN of the permissions boundary of every role that is made.
   * @default none
   */
  readonly iamPermissionsBoundary?: string;
  /**
   * Tags of everything that is made.
   * @default none
   */
  readonly tagsCommon?: Readonly<Record<string, string>>;
  /**
   * Days that logs of managers and workers are kept, one of those that CloudWatch Logs knows; 0: for ever.
   * @default 30
   */
  readonly logRetentionInDays?: number;
  /**
   * ARN of the KMS key of the logs; its policy must let CloudWatch Logs use it.
   * @default the encryption of CloudWatch Logs itself
   */
  readonly logKmsKeyArn?: string;
  /**
   * Name of a bucket of yours for the cache of jobs.
   * @default one is made, with a key of its own
   */
  readonly cacheBucketName?: string;
  /**
   * Region of that bucket of yours.
   * @default that of the service, where a bucket that is made lies too
   */
  readonly cacheBucketRegion?: string;
  /**
   * What the name of every object in the bucket of the cache begins with.
   * @default nothing
   */
  readonly cachePrefix?: string;
  /**
   * Whether all runners have their caches in common.
   * @default false: each runner has its own
   */
  readonly cacheShared?: boolean;
  /**
   * ARN of the KMS key of that bucket of yours.
   * @default none that needs a permission; a bucket that is made has a key of its own
   */
  readonly cacheKmsKeyArn?: string;
  /**
   * ARNs of secrets and parameters that jobs may name in `secrets:`, with `*` and `?` in the name. Every job of every runner may read them.
   * @default none
   */
  readonly jobSecretArns?: readonly string[];
}
