import type { Clock } from '@fargate-gitlab-runner/kernel';
import { EcsError } from './ecs-error.ts';
import { TokenBucket } from './token-bucket.ts';

/**
 * The documented API rates of one account and Region, as token buckets: RunTask takes from Fargate's own gate (burst 20, 20 a
 * second) and from the cluster-resource-modify bucket (100, 40); StopTask from the latter; DescribeTasks and ListTasks share
 * cluster-resource-read (100, 20); reads of task definitions have a bucket (50, 20), changes of them another (20, 1). Source: Amazon ECS API reference, "Request throttling" (2026).
 */
export class Throttle {
  readonly #bucketsOf: ReadonlyMap<string, readonly TokenBucket[]>;

  constructor(clock: Clock) {
    const runTask = new TokenBucket(clock, 20, 20);
    const modify = new TokenBucket(clock, 100, 40);
    const read = new TokenBucket(clock, 100, 20);
    const definitionRead = new TokenBucket(clock, 50, 20);
    const registration = new TokenBucket(clock, 20, 1);
    this.#bucketsOf = new Map([
      ['RunTask', [runTask, modify]],
      ['StopTask', [modify]],
      ['DescribeTasks', [read]],
      ['ListTasks', [read]],
      ['DescribeTaskDefinition', [definitionRead]],
      ['ListTaskDefinitions', [definitionRead]],
      ['ListTaskDefinitionFamilies', [definitionRead]],
      ['RegisterTaskDefinition', [registration]],
      ['DeregisterTaskDefinition', [registration]],
      ['DescribeClusters', [new TokenBucket(clock, 50, 20)]],
    ]);
  }

  /** Takes one token for `action`; throws ThrottlingException when there is none. */
  admit(action: string): void {
    const buckets = this.#bucketsOf.get(action) ?? [];
    if (buckets.some((bucket) => !bucket.hasToken())) throw rateExceeded();
    for (const bucket of buckets) bucket.take();
  }
}

/** What ECS says to a caller that is too fast. */
function rateExceeded(): EcsError {
  return new EcsError('ThrottlingException', 'Rate exceeded');
}
