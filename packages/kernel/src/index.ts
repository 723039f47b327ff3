export { type Clock, deadlineSignal, systemClock } from './clock.ts';
export { CodedError, type Problem, renderProblem } from './coded-error.ts';
export { ManualClock } from './manual-clock.ts';
export { type Random, seededRandom, systemRandom } from './random.ts';
export { type Attempt, delayFor, type RetryPolicy, retrying } from './retry.ts';
export { Scope } from './scope.ts';
export { Secret } from './secret.ts';
export { type Slot, Slots } from './slots.ts';
export { unreachable } from './unreachable.ts';
