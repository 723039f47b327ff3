import { aws_ecs as ecs, Tags } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { writtenOutPlace } from './written-out-place.ts';

/** What a cluster is made of. */
export interface FargateClusterProps {
  /** Name of the cluster: letters, digits, `-` and `_`, at most 255. */
  readonly clusterName: string;
  /**
   * Share of tasks on Fargate, 0 to 1000, where a task names no capacity provider.
   * @default 50
   */
  readonly fargateWeight?: number;
  /**
   * Share of tasks on Fargate Spot, which is cheaper and may be taken away with two minutes' notice.
   * @default 50
   */
  readonly fargateSpotWeight?: number;
  /**
   * Whether CloudWatch Container Insights are on. They cost extra.
   * @default true
   */
  readonly containerInsights?: boolean;
  /**
   * Tags of the cluster.
   * @default none
   */
  readonly tagsCommon?: Readonly<Record<string, string>>;
}

/**
 * An ECS cluster for Fargate. It has a default capacity strategy: without one, a task that names no provider fails with "No Container
 * Instances were found in your cluster".
 *
 * @throws Error at construction when the stack's account and region are not written out: the cluster's ARN couldn't be either
 */
export class FargateCluster extends Construct {
  /** Written out, so that it can be checked and be part of policies: no reference. */
  readonly clusterArn: string;
  readonly clusterName: string;

  constructor(scope: Construct, id: string, props: FargateClusterProps) {
    super(scope, id);
    this.clusterName = props.clusterName;
    this.clusterArn = clusterArnOf(this, props.clusterName);
    new ecs.CfnCluster(this, 'Cluster', {
      clusterName: props.clusterName,
      clusterSettings: [{ name: 'containerInsights', value: (props.containerInsights ?? true) ? 'enabled' : 'disabled' }],
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [
        { capacityProvider: 'FARGATE', weight: props.fargateWeight ?? 50 },
        { capacityProvider: 'FARGATE_SPOT', weight: props.fargateSpotWeight ?? 50 },
      ],
    });
    for (const [key, value] of Object.entries(props.tagsCommon ?? {})) Tags.of(this).add(key, value);
  }
}

function clusterArnOf(scope: Construct, name: string): string {
  const { partition, region, account } = writtenOutPlace(scope);
  return `arn:${partition}:ecs:${region}:${account}:cluster/${name}`;
}
