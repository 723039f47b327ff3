import type { RunnerServiceProps, WorkerDistribution } from '@fargate-gitlab-runner/cdk';

/** One environment: an account, a region, two clusters, and a service in them. */
export interface DeployedEnvironment {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
  /** Tags of everything in it. */
  readonly tags: Readonly<Record<string, string>>;
  /** Names of the clusters. Managers and workers have one each, so that a policy can tell them apart. */
  readonly clusters: { readonly managers: string; readonly workers: string };
  readonly service: RunnerServiceProps;
  /** Images that are built of this clone and take the places of those that `service` names. */
  readonly imagesOfClone?: ImagesOfClone;
}

/** What to build of this clone: the manager, of the bundle that `npm run build` made, and one image for all workers. */
interface ImagesOfClone {
  readonly worker: WorkerDistribution;
}

/** What tells environments apart. Everything else is the same in all of them. */
export interface EnvironmentFacts {
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  /** Versions of the images, as in `manager:0.1.0` and `worker:0.1.0-debian`. An environment is promoted by pinning here what the one before it has run. */
  readonly versions: { readonly manager: string; readonly worker: string };
  /** Builds the images of this clone instead, at `deploy`, with Docker or podman. For trying changes: nothing is pinned. */
  readonly imagesOfClone?: ImagesOfClone;
  readonly managerInstanceCount: number;
  readonly network: {
    readonly managerSubnetIds: readonly string[];
    readonly managerSecurityGroupId: string;
    readonly workerSubnetIds: readonly string[];
    readonly workerSecurityGroupId: string;
  };
  /** The role that jobs have on AWS. */
  readonly jobRoleArn: string;
  readonly tokenSecretArn: string;
}

const PROJECT = 'example';
/** What all workers are built on. */
const WORKER: WorkerDistribution = 'debian';
const GITLAB_URL = 'https://gitlab.replace-me.example';

/** An environment out of what is its own and what all have in common. */
export function environmentOf(facts: EnvironmentFacts): DeployedEnvironment {
  const { environment, account, region, versions, network } = facts;
  const clusters = { managers: `${PROJECT}-${environment}-managers`, workers: `${PROJECT}-${environment}-workers` };
  const registry = `${account}.dkr.ecr.${region}.amazonaws.com`;
  const tags = { project: PROJECT, environment };
  const worker = {
    worker_docker_image: `${registry}/fargate-gitlab-runner/worker:${versions.worker}-${WORKER}`,
    worker_ecs_cluster_arn: clusterArn(facts, clusters.workers),
    worker_subnet_ids: [...network.workerSubnetIds],
    worker_security_group_id: network.workerSecurityGroupId,
    worker_task_role_arn: facts.jobRoleArn,
  };
  return {
    account,
    region,
    tags,
    clusters,
    ...(facts.imagesOfClone && { imagesOfClone: facts.imagesOfClone }),
    service: {
      projectCode: PROJECT,
      environment,
      serviceName: 'gitlab-runner',
      awsRegion: region,
      managerEcsClusterArn: clusterArn(facts, clusters.managers),
      managerInstanceCount: facts.managerInstanceCount,
      managerDockerImage: `${registry}/fargate-gitlab-runner/manager:${versions.manager}`,
      managerSubnetIds: network.managerSubnetIds,
      managerSecurityGroupIds: [network.managerSecurityGroupId],
      gitlabUrl: GITLAB_URL,
      gitlabRunnerConcurrency: 20,
      gitlabRunnerNamePrefix: `${PROJECT}-${environment}`,
      gitlabTokenSecretArn: facts.tokenSecretArn,
      tagsCommon: tags,
      managersConfigs: {
        [`${environment}_small`]: { ...worker, tags: [environment, 'small'], limit: 20, worker_cpu: 256, worker_memory: 512 },
        [`${environment}_large`]: { ...worker, tags: [environment, 'large'], limit: 5, worker_cpu: 2048, worker_memory: 8192 },
      },
    },
  };
}

function clusterArn({ account, region }: EnvironmentFacts, name: string): string {
  return `arn:aws:ecs:${region}:${account}:cluster/${name}`;
}
