import type { PlacementFailure } from '../fleet.ts';

/** What becomes of a job after a failure, whatever its words. */
export type FailureKind = Pick<PlacementFailure, 'retry' | 'isCapacity' | 'elsewhere' | 'otherSubnets'>;

/** Another placement at once. */
export const NOW = { retry: 'now', isCapacity: false, elsewhere: false } as const;
/** Another placement after a pause. */
export const LATER = { retry: 'later', isCapacity: false, elsewhere: false } as const;
/** AWS has none to give: another capacity provider or other subnets may. */
export const CAPACITY = { retry: 'later', isCapacity: true, elsewhere: true, otherSubnets: true } as const;
/** The account's share is used up, whatever the subnet. */
export const QUOTA = { retry: 'later', isCapacity: true, elsewhere: true } as const;
/** A fault of one zone. */
export const ANOTHER_ZONE = { ...NOW, otherSubnets: true } as const;
/** A subnet is full, and the subnets are the same for every capacity provider. */
export const ADDRESSES = { retry: 'later', isCapacity: true, elsewhere: false, otherSubnets: true } as const;
/** A Spot task was interrupted. */
export const TAKEN_BACK = { retry: 'now', isCapacity: false, elsewhere: true } as const;
/** Another try would fail in the same way. */
export const GIVE_UP = { retry: 'give up', isCapacity: false, elsewhere: false } as const;
