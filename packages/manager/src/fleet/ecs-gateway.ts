import type { RunTaskRequest, TaskRef } from './fleet.ts';
import type { LogPlace } from './worker-logs.ts';

/**
 * Port: the ECS calls we make, one try each. Whatever ECS or the network answers is a value; only an aborted signal throws, with the
 * signal's reason.
 */
export interface EcsGateway {
  /** Sends the request as it is. The answer can hold tasks, failures, both or neither. */
  runTask(region: string, request: RunTaskRequest, signal: AbortSignal): Promise<RunTaskAnswer | EcsException>;
  /** At most 100 ARNs. Tasks that ECS doesn't know (yet, or any more) are `missing`. */
  describeTasks(cluster: ClusterRef, taskArns: readonly string[], signal: AbortSignal): Promise<DescribeTasksAnswer | EcsException>;
  /** ARNs of the tasks with this `startedBy`, running and stopped. */
  listTasksStartedBy(cluster: ClusterRef, startedBy: string, signal: AbortSignal): Promise<ListTasksAnswer | EcsException>;
  /** Asks ECS to stop the task; `reason` becomes its `stoppedReason`. */
  stopTask(task: TaskRef, reason: string, signal: AbortSignal): Promise<{ readonly kind: 'stopping' } | EcsException>;
  /** `name`: a family, family:revision or ARN. */
  describeTaskDefinition(region: string, name: string, signal: AbortSignal): Promise<TaskDefinitionAnswer | EcsException>;
  /** ARNs of the cluster's tasks that are to run, whoever started them; one page. `from`: where the page before ended. */
  listTasks(cluster: ClusterRef, from: string | undefined, signal: AbortSignal): Promise<TaskPage | EcsException>;
  /** At most 100 ARNs, with what the reaper judges by. Tasks that ECS doesn't know are left out. */
  describeTagged(cluster: ClusterRef, taskArns: readonly string[], signal: AbortSignal): Promise<TaggedTasksAnswer | EcsException>;
  /** Families with an active revision whose names begin so; one page. */
  listFamilies(region: string, of: FamilyPageRequest, signal: AbortSignal): Promise<FamilyPage | EcsException>;
  /** ARNs of a family's active revisions, oldest first; at most 100. */
  listRevisions(region: string, family: string, signal: AbortSignal): Promise<RevisionsAnswer | EcsException>;
  /** No new task is started from this revision any more; running ones go on. */
  deregister(region: string, taskDefinitionArn: string, signal: AbortSignal): Promise<{ readonly kind: 'deregistered' } | EcsException>;
  /** At most 100 names or ARNs. */
  describeClusters(region: string, clusters: readonly string[], signal: AbortSignal): Promise<DescribeClustersAnswer | EcsException>;
}

/** Names one cluster. */
export interface ClusterRef {
  readonly region: string;
  readonly clusterArn: string;
}

/**
 * An error answer, or none at all. `type` is ECS's exception name or the network's error code. What it says about the call:
 * `throttled`: it did not happen, we were too fast; `unclear`: it may have happened (dropped connection, timeout, 5xx);
 * `refused`: it did not happen and would not the next time. `resourceIds`: a ConflictException's task ARNs.
 */
export interface EcsException {
  readonly kind: 'exception';
  readonly type: string;
  readonly message: string;
  readonly certainty: 'throttled' | 'unclear' | 'refused';
  readonly resourceIds: readonly string[];
}

/** One of `failures[]`; missing texts are empty. */
export interface EcsFailure {
  readonly arn: string;
  readonly reason: string;
  readonly detail: string;
}

/** A task as ECS describes it; missing texts are empty, times left out. */
export interface EcsTask {
  readonly taskArn: string;
  readonly clusterArn: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  readonly stopCode: string;
  readonly stoppedReason: string;
  /** Whether it was ever RUNNING. */
  readonly hasStarted: boolean;
  /** `privateIPv4Address` of the task's network interface; known before RUNNING. */
  readonly address?: string;
  readonly containers: readonly EcsContainer[];
}

/** One container of a task, AWS's own sidecars included. */
interface EcsContainer {
  readonly name: string;
  readonly exitCode?: number;
  readonly reason: string;
}

export interface RunTaskAnswer {
  readonly kind: 'answered';
  readonly tasks: readonly EcsTask[];
  readonly failures: readonly EcsFailure[];
}

export interface DescribeTasksAnswer {
  readonly kind: 'described';
  readonly tasks: readonly EcsTask[];
  readonly missing: readonly string[];
}

export interface ListTasksAnswer {
  readonly kind: 'listed';
  readonly taskArns: readonly string[];
}

/** A page of task ARNs; `next` is where the following one begins, absent on the last. */
export interface TaskPage {
  readonly kind: 'page';
  readonly taskArns: readonly string[];
  readonly next?: string;
}

/** A task with its tags. StopTask takes them away. `createdAt` is milliseconds since the epoch by ECS's clock. */
export interface TaggedTask {
  readonly taskArn: string;
  readonly taskDefinitionArn: string;
  readonly desiredStatus: string;
  readonly createdAt: number | undefined;
  readonly tags: ReadonlyMap<string, string>;
}

export interface TaggedTasksAnswer {
  readonly kind: 'described';
  readonly tasks: readonly TaggedTask[];
}

/** Which families, and where the page before ended. */
export interface FamilyPageRequest {
  readonly prefix: string;
  readonly from?: string;
}

export interface FamilyPage {
  readonly kind: 'families';
  readonly families: readonly string[];
  readonly next?: string;
}

export interface RevisionsAnswer {
  readonly kind: 'revisions';
  readonly arns: readonly string[];
}

/**
 * `containers`: their names. `registeredAt`: milliseconds since the epoch, undefined where ECS does not say. `logs`: where the worker's
 * container logs to, when that is CloudWatch.
 */
export interface TaskDefinitionAnswer {
  readonly kind: 'definition';
  readonly arn: string;
  readonly registeredAt: number | undefined;
  readonly containers: readonly string[];
  readonly logs?: LogPlace;
}

/** `capacityProviders` are those associated with the cluster. `missing`: as they were asked for. */
export interface DescribeClustersAnswer {
  readonly kind: 'clusters';
  readonly clusters: readonly { readonly clusterArn: string; readonly status: string; readonly capacityProviders: readonly string[] }[];
  readonly missing: readonly string[];
}
