import {
  clientTokenOf,
  DEADLINE_CONTAINER,
  deadlineCommand,
  startedByOf,
  TASK_TAGS,
  WORKER_CONTAINER,
  WORKER_ENV,
} from '@fargate-gitlab-runner/blueprint';
import { CodedError, type Secret } from '@fargate-gitlab-runner/kernel';
import type { PlacementRequest, RunTaskRequest } from './fleet.ts';

/** What a placement needs to know of its runner; a RunnerConfig of the config package fits. */
interface PlacementRunner {
  readonly name: string;
  readonly worker: {
    readonly region: string;
    readonly clusterArn: string;
    readonly taskDefinition: string;
    readonly subnetIds: readonly string[];
    readonly securityGroupIds: readonly string[];
    readonly assignPublicIp: boolean;
    readonly cpu?: number;
    readonly memoryMiB?: number;
    readonly taskRoleArn?: string;
    readonly ephemeralStorageGiB?: number;
    readonly capacity: readonly { readonly provider: string; readonly weight: number; readonly base?: number | undefined }[];
  };
}

/** What one placement is made of. */
export interface PlacementFacts {
  readonly runner: PlacementRunner;
  /** Random, chosen once; client token and startedBy are made of it. */
  readonly placementId: string;
  readonly jobId: string;
  readonly deployment: string;
  /** The id of the job store that has the record. */
  readonly storeId: string;
  /** One authorized_keys line. */
  readonly publicKey: string;
  readonly nonce: Secret;
  /** When the deadline sidecar ends the task, in seconds from its start: what is left of the job's deadline, plus a margin. */
  readonly deadlineInS: number;
  /**
   * Whether the task definition has the deadline sidecar; true when absent. RunTask refuses an override for a container that isn't there.
   * See checkTaskDefinition.
   */
  readonly hasDeadlineContainer?: boolean;
  /** Some of the runner's; all when absent. */
  readonly subnetIds?: readonly string[];
  /** In place of the runner's own. */
  readonly capacity?: PlacementRunner['worker']['capacity'];
}

const LONGEST_OVERRIDES = 8192;
const LONGEST_TAG = 256;

/**
 * The whole RunTask request of a placement, to be stored before it is sent. The nonce is in it in clear: ECS shows it to whoever may
 * describe tasks, and it proves nothing but the worker's identity for one job. Throws CodedError FR_FLEET_OVERRIDES_TOO_LONG when the
 * overrides exceed ECS's 8192 characters. Source of limits: ECS API reference, RunTask.
 */
export function buildPlacement(facts: PlacementFacts): PlacementRequest {
  const { worker } = facts.runner;
  const runTask: RunTaskRequest = {
    cluster: worker.clusterArn,
    taskDefinition: worker.taskDefinition,
    count: 1,
    clientToken: clientTokenOf(facts.placementId),
    startedBy: startedByOf(facts.placementId),
    capacityProviderStrategy: (facts.capacity ?? worker.capacity).map(({ provider, weight, base }) => ({
      capacityProvider: provider,
      weight,
      ...(base !== undefined && { base }),
    })),
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: facts.subnetIds ?? worker.subnetIds,
        securityGroups: worker.securityGroupIds,
        assignPublicIp: worker.assignPublicIp ? 'ENABLED' : 'DISABLED',
      },
    },
    overrides: overridesOf(facts),
    tags: tagsOf(facts),
    enableECSManagedTags: true,
  };
  return { id: facts.placementId, region: worker.region, runTask };
}

function overridesOf(facts: PlacementFacts): RunTaskRequest['overrides'] {
  const environment = [
    { name: WORKER_ENV.sshPublicKey, value: facts.publicKey },
    { name: WORKER_ENV.nonce, value: facts.nonce.reveal() },
    { name: WORKER_ENV.placement, value: facts.placementId },
  ];
  const deadline = { name: DEADLINE_CONTAINER, command: deadlineCommand(facts.deadlineInS) };
  const worker = { name: WORKER_CONTAINER, environment };
  const overrides = {
    ...sizeOf(facts.runner.worker),
    containerOverrides: (facts.hasDeadlineContainer ?? true) ? [worker, deadline] : [worker],
  };
  const length = JSON.stringify(overrides).length;
  if (length > LONGEST_OVERRIDES) throw tooLong(length);
  return overrides;
}

/** What the runner says of its workers wins over the task definition. */
function sizeOf({ cpu, memoryMiB, taskRoleArn, ephemeralStorageGiB }: PlacementRunner['worker']) {
  return {
    ...(cpu !== undefined && { cpu: String(cpu) }),
    ...(memoryMiB !== undefined && { memory: String(memoryMiB) }),
    ...(taskRoleArn !== undefined && { taskRoleArn }),
    ...(ephemeralStorageGiB !== undefined && { ephemeralStorage: { sizeInGiB: ephemeralStorageGiB } }),
  };
}

function tooLong(length: number): CodedError {
  return new CodedError({
    code: 'FR_FLEET_OVERRIDES_TOO_LONG',
    what: 'the overrides of RunTask are longer than ECS takes',
    given: `${length} characters`,
    allowed: `at most ${LONGEST_OVERRIDES}`,
  });
}

function tagsOf(facts: PlacementFacts): RunTaskRequest['tags'] {
  return [
    { key: TASK_TAGS.deployment, value: tagValueOf(facts.deployment) },
    { key: TASK_TAGS.runner, value: tagValueOf(facts.runner.name) },
    { key: TASK_TAGS.job, value: tagValueOf(facts.jobId) },
    { key: TASK_TAGS.placement, value: tagValueOf(facts.placementId) },
    { key: TASK_TAGS.store, value: tagValueOf(facts.storeId) },
  ];
}

/** What AWS takes as a tag value: letters, digits, spaces and _ . : / = + - @ */
function tagValueOf(text: string): string {
  return text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_').slice(0, LONGEST_TAG);
}
