import { rows } from './classification-row.ts';
import { failure } from './coded-failure.ts';
import { GIVE_UP, NOW } from './failure-kind.ts';
import { noAddresses, noCapacity, unknown } from './shared-failures.ts';

/** RunTask's `failures[]`: ECS answered, but started no task. Words: reason, then detail. */
export const RUN_TASK_FAILURES = rows('failure', [
  [
    /capacity is unavailable/i,
    'Capacity is unavailable at this time. Please try again later or in a different availability zone',
    noCapacity,
  ],
  [/^RESOURCE:ENI/, 'RESOURCE:ENI', noAddresses],
  [/^RESOURCE:/, 'RESOURCE:CPU', noCapacity],
  [
    /^(AGENT|LOCATION|ATTRIBUTE)\b/,
    'ATTRIBUTE',
    failure(GIVE_UP, 'FR_FLEET_NOT_FARGATE', [
      'ECS tried to place the worker on EC2 hosts',
      'give the runner FARGATE or FARGATE_SPOT as capacity',
    ]),
  ],
  [
    /^(MISSING|INACTIVE)\b/,
    'MISSING',
    failure(GIVE_UP, 'FR_FLEET_NOT_FOUND', ['ECS does not know what the request names', 'check cluster and task definition of the runner']),
  ],
  [
    /^EMPTY\b/,
    'EMPTY',
    failure(NOW, 'FR_FLEET_PLACEMENT_OVER', ["the placement's task has been stopped and forgotten", 'nothing: a new placement follows']),
  ],
  [/(?:)/, 'SOMETHING: new', unknown('ECS refused the task for a reason')],
]);
