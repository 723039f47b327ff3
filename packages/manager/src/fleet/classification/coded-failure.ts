import type { PlacementFailure } from '../fleet.ts';
import type { FailureKind } from './failure-kind.ts';

/** Who can do what the cure says. */
const WHO = {
  FR_FLEET_NO_CAPACITY: 'operator',
  FR_FLEET_NETWORK_INTERFACE: 'AWS',
  FR_FLEET_SPOT_INTERRUPTED: 'operator',
  FR_FLEET_MAINTENANCE: 'AWS',
  FR_FLEET_PLACEMENT_OVER: 'AWS',
  FR_FLEET_CONTAINER_RUNTIME: 'AWS',
  FR_FLEET_TASK_MISSING: 'AWS',
  FR_FLEET_ECS_DOWN: 'AWS',
  FR_FLEET_DEADLINE: 'user',
  FR_FLEET_OUT_OF_MEMORY: 'operator',
} as const satisfies Readonly<Record<string, PlacementFailure['who']>>;

/** A failure of the table. Who can mend it goes by the code; neither text ends with a full stop. */
export function failure(kind: FailureKind, code: `FR_FLEET_${string}`, texts: readonly [cause: string, cure: string]): PlacementFailure {
  return { ...kind, code, who: whoOf(code), cause: texts[0], cure: texts[1] };
}

/** What nobody is named for is the operator's: it lies in the configuration or the account. */
function whoOf(code: string): PlacementFailure['who'] {
  return Object.entries(WHO).find(([known]) => known === code)?.[1] ?? 'operator';
}
