import { FargateCluster, RunnerImages, RunnerService, type RunnerServiceProps } from '@fargate-gitlab-runner/cdk';
import { App, type AppProps, CfnOutput, Stack } from 'aws-cdk-lib';
import type { DeployedEnvironment } from './common.ts';

/** The stacks of one environment. */
export interface EnvironmentStacks {
  readonly app: App;
  readonly clusters: Stack;
  readonly service: Stack;
  readonly runnerService: RunnerService;
}

/** An app with the two stacks of an environment: clusters, and the service in them. */
export function stacksOf({ account, region, tags, ...environment }: DeployedEnvironment, props: AppProps = {}): EnvironmentStacks {
  const app = new App(props);
  const env = { account, region };
  const { projectCode, environment: name, serviceName } = environment.service;
  const clusters = new Stack(app, `${projectCode}-${name}-clusters`, { env });
  new FargateCluster(clusters, 'Managers', { clusterName: environment.clusters.managers, tagsCommon: tags });
  new FargateCluster(clusters, 'Workers', { clusterName: environment.clusters.workers, tagsCommon: tags });
  const service = new Stack(app, `${projectCode}-${name}-${serviceName}`, { env });
  service.addStackDependency(clusters);
  const runnerService = new RunnerService(service, 'Runners', withImagesOfClone(service, environment));
  outputs(service, runnerService);
  return { app, clusters, service, runnerService };
}

function withImagesOfClone(
  stack: Stack,
  { service, imagesOfClone }: Pick<DeployedEnvironment, 'service' | 'imagesOfClone'>,
): RunnerServiceProps {
  if (!imagesOfClone) return service;
  const images = new RunnerImages(stack, 'Images');
  const entries = Object.entries(service.managersConfigs).map(([name, entry]) => [
    name,
    { ...entry, worker_docker_image: images.worker(imagesOfClone.worker, entry.worker_cpu_architecture) },
  ]);
  const managerDockerImage = images.manager(service.managerCpuArchitecture);
  return { ...service, managerDockerImage, managersConfigs: Object.fromEntries(entries) };
}

function outputs(stack: Stack, made: RunnerService): void {
  new CfnOutput(stack, 'ManagerServiceName', { value: made.serviceName });
  new CfnOutput(stack, 'WorkerTaskDefinitionArns', { value: stack.toJsonString(made.workerTaskDefinitionArns) });
  new CfnOutput(stack, 'JobStoreBucketName', { value: made.jobStoreBucketName });
  new CfnOutput(stack, 'CacheBucketName', { value: made.cacheBucketName });
}
