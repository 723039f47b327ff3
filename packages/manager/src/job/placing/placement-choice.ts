import type { RunnerConfig } from '@fargate-gitlab-runner/config';
import type { RecordedPlacement } from '../../store/job-record.ts';

type Worker = Pick<RunnerConfig['worker'], 'subnetIds' | 'capacityFallback'>;

/** Each failure that another provider may not have changes over: from the runner's own capacity to its fallback, and back. */
export function takesFallback(worker: Pick<Worker, 'capacityFallback'>, placements: readonly RecordedPlacement[]): boolean {
  return worker.capacityFallback !== undefined && placements.filter((placement) => placement.elsewhere).length % 2 === 1;
}

/**
 * The subnets of the next placement. The first one names all of them and lets ECS choose. After failures that other subnets may not have
 * (no capacity in the zone, no free address) each subnet gets a turn of its own, then all of them again. Where the runner has a
 * fallback, both capacities are tried in the same subnets before it is the next one's turn.
 */
export function subnetsOf(worker: Worker, placements: readonly RecordedPlacement[]): readonly string[] {
  const { subnetIds } = worker;
  const failed = placements.filter((placement) => placement.otherSubnets);
  const ofCapacity = failed.filter((placement) => placement.elsewhere).length;
  const rounds = worker.capacityFallback === undefined ? failed.length : failed.length - ofCapacity + Math.floor(ofCapacity / 2);
  const alone = subnetIds.length > 1 ? subnetIds[(rounds % (subnetIds.length + 1)) - 1] : undefined;
  return alone === undefined ? subnetIds : [alone];
}
