import { type Fields, FieldError } from '../json-fields.ts';

/** One item of a capacity provider strategy. */
export interface StrategyItem {
  readonly capacityProvider: string;
  /** 0-1000; 0 when absent. */
  readonly weight: number;
  /** 0-100000; 0 when absent. At most one item of a strategy has a base. */
  readonly base: number;
}

/** An ECS cluster as the emulator keeps it. */
export interface Cluster {
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly capacityProviders: readonly string[];
  /** What RunTask takes when the caller names neither launch type nor strategy; may be empty. */
  readonly defaultStrategy: readonly StrategyItem[];
}

/** What one says to make a cluster: a name or an ARN; region and account default to the emulator's. */
export interface ClusterInput {
  readonly name: string;
  readonly region?: string;
  readonly account?: string;
  /** FARGATE and FARGATE_SPOT when absent. */
  readonly capacityProviders?: readonly string[];
  /** None when absent. */
  readonly defaultStrategy?: readonly { readonly capacityProvider: string; readonly weight?: number; readonly base?: number }[];
}

/** Reads a ClusterInput. `home` gives region and account where the name is not an ARN and nothing else is said. */
export function clusterOf(fields: Fields, home: { readonly region: string; readonly account: string }): Cluster {
  const given = fields.string('name');
  const parts = given.split(':');
  const isArn = given.startsWith('arn:');
  const name = isArn ? (given.split(':cluster/')[1] ?? '') : given;
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) throw new FieldError('name', 'a cluster name or ARN');
  const region = (isArn ? parts[3] : undefined) ?? fields.optionalString('region') ?? home.region;
  const account = (isArn ? parts[4] : undefined) ?? fields.optionalString('account') ?? home.account;
  return {
    arn: `arn:aws:ecs:${region}:${account}:cluster/${name}`,
    name,
    region,
    account,
    capacityProviders: fields.has('capacityProviders') ? fields.strings('capacityProviders') : ['FARGATE', 'FARGATE_SPOT'],
    defaultStrategy: strategyOf(fields.objects('defaultStrategy')),
  };
}

/** Reads a capacity provider strategy. */
export function strategyOf(items: readonly Fields[]): StrategyItem[] {
  return items.map((item) => ({
    capacityProvider: item.string('capacityProvider'),
    weight: item.optionalNumber('weight') ?? 0,
    base: item.optionalNumber('base') ?? 0,
  }));
}

/** A cluster in the shape of DescribeClusters. */
export function clusterView(cluster: Cluster, counts: { readonly running: number; readonly pending: number }) {
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: counts.running,
    pendingTasksCount: counts.pending,
    activeServicesCount: 0,
    statistics: [],
    tags: [],
    settings: [],
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultStrategy,
  };
}
