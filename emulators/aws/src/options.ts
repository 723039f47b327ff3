import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClusterInput } from './ecs/cluster.ts';
import { type TaskTiming, type TimingInput, taskTiming } from './ecs/task-timing.ts';
import { Fields, type JsonObject } from './json-fields.ts';
import { type S3Options, type S3OptionsInput, s3Options } from './s3/s3-options.ts';
import { type WorkerOptions, type WorkerOptionsInput, workerOptions } from './worker/worker-options.ts';

/** What one may say about an emulator; everything has a default. It travels as JSON on the command line of its process. */
export interface AwsOptionsInput {
  /** Region of clusters that name none; `eu-central-1` when absent. */
  readonly region?: string;
  /** Account of clusters that name none; `000000000000` when absent. */
  readonly account?: string;
  /** TCP port on 127.0.0.1; 0 (any free one) when absent. */
  readonly port?: number;
  /** A folder for everything the emulator writes. It is created, and removed at the end. A fresh one in the temporary folder when absent. */
  readonly root?: string;
  /** Clusters at start. */
  readonly clusters?: readonly ClusterInput[];
  /** Task definitions at start, in the shape of RegisterTaskDefinition. */
  readonly taskDefinitions?: readonly object[];
  /** How long tasks stay in each state; profile `instant` when absent. */
  readonly timing?: TimingInput;
  /** Whether calls are held to the documented rates; true when absent. */
  readonly throttling?: boolean;
  /** A wait before every answer, in milliseconds; 0 when absent. */
  readonly latencyMs?: number;
  /** For so many milliseconds after RunTask a task is MISSING, as ECS's eventual consistency has it; 0 when absent. */
  readonly describeMissingMs?: number;
  /** A tag key without which StopTask is AccessDenied, as under an aws:ResourceTag condition. No such policy when absent. */
  readonly stopRequiresTag?: string;
  /** Containers that AWS adds to every task; they come first in `containers[]`. None when absent. */
  readonly injectedContainers?: readonly string[];
  /** S3 on the same address, in path style; its buckets lie in `region`. No bucket when absent. */
  readonly s3?: S3OptionsInput;
  readonly worker?: WorkerOptionsInput;
  /** Whether the process ends when its stdin closes; false when absent. Only the process's main looks at it. */
  readonly exitWithParent?: boolean;
}

/** AwsOptionsInput with every default filled in. */
export interface AwsOptions {
  readonly region: string;
  readonly account: string;
  readonly port: number;
  readonly root: string;
  readonly clusters: readonly JsonObject[];
  readonly taskDefinitions: readonly JsonObject[];
  readonly timing: TaskTiming;
  readonly throttling: boolean;
  readonly latencyMs: number;
  readonly describeMissingMs: number;
  readonly stopRequiresTag: string | undefined;
  readonly injectedContainers: readonly string[];
  readonly s3: S3Options;
  readonly worker: WorkerOptions;
  readonly exitWithParent: boolean;
}

/** Reads an AwsOptionsInput. `suffix` makes the default root folder's name its own. Throws FieldError. */
export function awsOptions(input: unknown, suffix: string): AwsOptions {
  const fields = Fields.of(input);
  return {
    region: fields.optionalString('region') ?? 'eu-central-1',
    account: fields.optionalString('account') ?? '000000000000',
    port: fields.optionalNumber('port') ?? 0,
    root: fields.optionalString('root') ?? join(tmpdir(), `fargate-emulator-${suffix}`),
    clusters: fields.objects('clusters').map((cluster) => cluster.raw),
    taskDefinitions: fields.objects('taskDefinitions').map((definition) => definition.raw),
    timing: taskTiming(fields.optionalObject('timing')),
    throttling: fields.optionalBoolean('throttling') ?? true,
    latencyMs: fields.optionalNumber('latencyMs') ?? 0,
    describeMissingMs: fields.optionalNumber('describeMissingMs') ?? 0,
    stopRequiresTag: fields.optionalString('stopRequiresTag'),
    injectedContainers: fields.strings('injectedContainers'),
    s3: s3Options(fields.optionalObject('s3')),
    worker: workerOptions(fields.optionalObject('worker')),
    exitWithParent: fields.optionalBoolean('exitWithParent') ?? false,
  };
}
