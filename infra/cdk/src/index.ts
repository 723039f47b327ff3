export { FargateCluster, type FargateClusterProps } from './fargate-cluster.ts';
export { RunnerImages, type RunnerImagesProps, type WorkerDistribution } from './runner-images.ts';
export { RunnerNetwork, type RunnerNetworkProps } from './runner-network.ts';
export { RunnerService } from './runner-service.ts';
export type { RunnerServiceProps } from './runner-service-props.ts';
