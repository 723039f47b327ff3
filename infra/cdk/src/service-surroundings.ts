import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FargateCluster } from './fargate-cluster.ts';
import { RunnerNetwork } from './runner-network.ts';
import type { ServiceFacts } from './service-facts.ts';

/**
 * The clusters and networks of the same app that a deployment uses. The service has to wait for them: the ARN of a cluster is written out,
 * so that CloudFormation sees no reference, and a reference to a subnet says nothing of its routes and endpoints, without which managers
 * find neither their image nor their secret and the deployment fails.
 */
export function surroundingsOf(scope: Construct, facts: ServiceFacts): Construct[] {
  const clusters = clusterArnsOf(facts);
  const subnets = subnetIdsOf(facts);
  return (Stage.of(scope) ?? scope.node.root).node.findAll().filter((made): made is FargateCluster | RunnerNetwork => {
    if (made instanceof FargateCluster) return clusters.has(made.clusterArn);
    return made instanceof RunnerNetwork && made.subnetIds.some((id) => subnets.has(id));
  });
}

function clusterArnsOf({ deployment }: ServiceFacts): ReadonlySet<string> {
  return new Set([deployment.clusterArn, ...deployment.manager.runners.map(({ worker }) => worker.clusterArn)]);
}

/** References as they were given: a network hands out the same ones. */
function subnetIdsOf({ deployment, standIns }: ServiceFacts): ReadonlySet<string> {
  const ids = [...deployment.subnetIds, ...deployment.manager.runners.flatMap(({ worker }) => worker.subnetIds)];
  return new Set(ids.map((id) => standIns.restore(id)));
}
