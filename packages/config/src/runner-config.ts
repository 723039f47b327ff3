import type { CpuArchitecture } from '@fargate-gitlab-runner/blueprint';
import type { Secret } from '@fargate-gitlab-runner/kernel';

/** One runner: a token, what it takes, and the workers it gives. */
export interface RunnerConfig {
  readonly name: string;
  /** A runner authentication token. Empty only where the caller said that tokens are not needed. */
  readonly token: Secret;
  /** In the order given, each once. GitLab itself goes by the tags in its own settings. */
  readonly tags: readonly string[];
  readonly runUntagged: boolean;
  /** Jobs of this runner at a time in this manager process, at least 1. */
  readonly limit: number;
  readonly worker: WorkerConfig;
  readonly registration: RegistrationConfig;
  /** Variables that every job gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where this runner's jobs get repositories from, without user name or token; left out: where GitLab says. */
  readonly cloneUrl?: string;
  /** Longest trace of a job, in KiB. */
  readonly outputLimitKiB: number;
  /** Jobs may not have their commands traced. */
  readonly debugTraceDisabled: boolean;
  /** Jobs may choose their project folder by GIT_CLONE_PATH. */
  readonly customBuildDir: boolean;
  /** Commands around the sources and the steps of every job. */
  readonly scripts: RunnerScripts;
}

/** What an operator has run in every job, in the worker and visible in its log. */
export interface RunnerScripts {
  readonly preGetSources: readonly string[];
  readonly postGetSources: readonly string[];
  readonly preBuild: readonly string[];
  readonly postBuild: readonly string[];
}

/** What a runner is registered with when its token is a registration token. */
export interface RegistrationConfig {
  readonly description: string;
  readonly maintenanceNote?: string;
  readonly locked: boolean;
  readonly paused: boolean;
  readonly accessLevel?: 'not_protected' | 'ref_protected';
  readonly maximumTimeoutS?: number;
}

/** What a worker of this runner is like and where it runs. */
export interface WorkerConfig {
  readonly image?: string;
  /** CPU units (1024 = 1 vCPU) and memory, both or neither; without them the task definition's own count. */
  readonly cpu?: number;
  readonly memoryMiB?: number;
  /** Left out: X86_64. */
  readonly cpuArchitecture?: CpuArchitecture;
  readonly clusterArn: string;
  readonly region: string;
  /** 1 to 16. */
  readonly subnetIds: readonly string[];
  /** 1 to 5. */
  readonly securityGroupIds: readonly string[];
  readonly assignPublicIp: boolean;
  readonly sshUser: string;
  readonly sshPort: number;
  /** ARN or family, with a revision or without. */
  readonly taskDefinition: string;
  readonly taskRoleArn?: string;
  /** Absolute, or relative to the home of the SSH user. Default `builds`: a home is writable whoever the user is. */
  readonly buildsDir: string;
  readonly capacity: readonly CapacityConfig[];
  /** What takes the place of `capacity` in the next placement when it had none, or took it back. */
  readonly capacityFallback?: readonly CapacityConfig[];
  /** Disk of a worker in GiB, 21 to 200; without it the task definition's own counts. */
  readonly ephemeralStorageGiB?: number;
  /** What becomes of a worker that can't prove by its nonce that it is the task we started: used and named, or refused. */
  readonly proof: 'preferred' | 'required';
}

/** One capacity provider, as ECS capacityProviderStrategy has it. */
export interface CapacityConfig {
  readonly provider: 'FARGATE' | 'FARGATE_SPOT';
  readonly weight: number;
  readonly base?: number;
}
