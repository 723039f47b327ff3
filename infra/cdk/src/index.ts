export { FargateCluster, type FargateClusterProps } from './fargate-cluster.ts';
export { RunnerNetwork, type RunnerNetworkProps } from './runner-network.ts';
export { RunnerService } from './runner-service.ts';
export type { RunnerServiceProps } from './runner-service-props.ts';
