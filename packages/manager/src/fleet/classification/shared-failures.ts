import { failure } from './coded-failure.ts';
import { ADDRESSES, CAPACITY, LATER } from './failure-kind.ts';

/** Told by `failures[]` and by stopped tasks. */
export const noCapacity = failure(CAPACITY, 'FR_FLEET_NO_CAPACITY', [
  'AWS has no Fargate capacity of this kind at the moment',
  'nothing, if it passes; otherwise give the runner subnets in more zones, another size, or FARGATE as worker_capacity_fallback',
]);
/** Told by `failures[]`, stopped tasks and exceptions. */
export const noAddresses = failure(ADDRESSES, 'FR_FLEET_NO_ADDRESSES', [
  'no network interface could be made for the worker: the subnet may be out of addresses',
  'give the runner more or larger subnets',
]);
/** The last row of a source: words that no other row knows. */
export const unknown = (source: string) =>
  failure(LATER, 'FR_FLEET_UNKNOWN', [
    `${source} that this version does not know`,
    'look at the task in the ECS console, and report it to the project',
  ]);
