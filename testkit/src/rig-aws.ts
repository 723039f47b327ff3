import { join } from 'node:path';
import { workerTaskDefinition } from '@fargate-gitlab-runner/blueprint';
import type { AwsOptionsInput } from '@fargate-gitlab-runner/emulator-aws';
import { builtProgram } from './built-program.ts';
import type { RigOptions } from './rig-options.ts';
import { RECORDS_BUCKET } from './rig-records.ts';

/** The cluster of a rig's workers, and their task definition where a runner names no other. */
export const CLUSTER = 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers';
export const FAMILY = 'task-demo-dev-runner-worker-e2e';

/** The bucket of the caches of a rig's jobs. */
export const CACHE_BUCKET = 'job-caches';

/** The task definition of workers that lack what artifacts need. */
export const SLIM_FAMILY = 'task-demo-dev-runner-worker-slim';
const SLIM_IMAGE = 'registry.example.com/slim:1';

/** A worker's task definition, the smallest; workers of a rig are reached on port 2222. */
export function rigTaskDefinition(family: string, image: string): object {
  return workerTaskDefinition({ family, image, cpu: 256, memoryMiB: 512, sshPort: 2222 });
}

/** How the emulator of AWS is started for a rig whose files lie in `folder`. */
export function awsOptions(folder: string, { aws = {}, hasSlimWorkers = false }: RigOptions): AwsOptionsInput {
  const slim = { image: SLIM_IMAGE, without: ['curl', 'zip', 'unzip', 'busybox'] };
  return {
    root: join(folder, 'workers'),
    region: 'eu-west-1',
    account: '111122223333',
    clusters: [{ name: CLUSTER }],
    s3: { buckets: [RECORDS_BUCKET, CACHE_BUCKET] },
    taskDefinitions: [
      rigTaskDefinition(FAMILY, 'registry.example.com/worker:1'),
      ...(hasSlimWorkers ? [rigTaskDefinition(SLIM_FAMILY, SLIM_IMAGE)] : []),
    ],
    ...aws,
    worker: { entry: [builtProgram('worker')], ...(hasSlimWorkers && { images: [slim] }), ...aws.worker },
  };
}
