/** Port: placements and workers, as a job sees them. Nothing here throws for an expected failure; only an aborted signal does. */
export interface Fleet {
  /**
   * Starts the task of a placement whose request is already stored, or finds the one that an earlier try started.
   * Safe to call again with the same placement, by any manager. `mayExist`: the request may have been sent before, so that the task
   * is looked for first. Answers that leave open whether a task was started are tried again until the signal aborts.
   */
  place(placement: PlacementRequest, options: { readonly mayExist: boolean }, signal: AbortSignal): Promise<PlaceOutcome>;
  /**
   * The task that an earlier try of this placement started, running or stopped; undefined when there is none. Never starts one. While
   * ECS refuses to say, it goes on asking until the signal aborts.
   */
  find(placement: PlacementRequest, signal: AbortSignal): Promise<TaskRef | undefined>;
  /** Waits until the worker has an address (before RUNNING) or has stopped. */
  awaitAddress(task: TaskRef, signal: AbortSignal): Promise<AddressOutcome>;
  /** Resolves when the task is stopping or stopped, with the reason. One batched poller serves all jobs. */
  awaitStopped(task: TaskRef, signal: AbortSignal): Promise<TaskStop>;
  /**
   * Looks at the task now: how it stops, or undefined while it is to run. Undefined as well when ECS has not answered after 5 seconds. Costs
   * a place in a batch of the poller.
   */
  lookForStop(task: TaskRef, signal: AbortSignal): Promise<TaskStop | undefined>;
  /** What it means that a worker could not be reached by SSH; `kind` and `cause` are the transport's words. */
  judgeConnect(outcome: { readonly kind: string; readonly cause: string }): PlacementFailure;
  /** Stops the task. `reason` shows as `stoppedReason`. Resolves `stopped` also when it had stopped before. */
  stop(
    task: TaskRef,
    reason: string,
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'stopped' } | { readonly kind: 'failed'; readonly cause: string }>;
}

/** Names one task. */
export interface TaskRef {
  readonly region: string;
  readonly clusterArn: string;
  readonly taskArn: string;
  /** Whose the task is, where that is known: runners share the pace of StopTask evenly. */
  readonly runner?: string;
}

/** One placement: the whole RunTask request, word for word as it will be sent and replayed. Plain data, JSON-safe. */
export interface PlacementRequest {
  readonly id: string;
  readonly region: string;
  readonly runTask: RunTaskRequest;
}

/** The part of ECS RunTask that we use; field names are ECS's. */
export interface RunTaskRequest {
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly count: 1;
  readonly clientToken: string;
  readonly startedBy: string;
  readonly capacityProviderStrategy: readonly { readonly capacityProvider: string; readonly weight: number; readonly base?: number }[];
  readonly networkConfiguration: {
    readonly awsvpcConfiguration: {
      readonly subnets: readonly string[];
      readonly securityGroups: readonly string[];
      readonly assignPublicIp: 'ENABLED' | 'DISABLED';
    };
  };
  readonly overrides: {
    /** CPU units and MiB of the whole task, as text. */
    readonly cpu?: string;
    readonly memory?: string;
    readonly taskRoleArn?: string;
    readonly ephemeralStorage?: { readonly sizeInGiB: number };
    readonly containerOverrides: readonly {
      readonly name: string;
      readonly environment?: readonly { readonly name: string; readonly value: string }[];
      readonly command?: readonly string[];
    }[];
  };
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly enableECSManagedTags: boolean;
}

/**
 * What to do after a failure: `now` with a new placement, `later` after a pause, `give up`. `isCapacity` closes the runner's
 * admission until a placement succeeds. `elsewhere`: another capacity provider may not have this trouble, so that the next placement takes
 * the runner's fallback at once, where it has one. `cause` and `cure` are for people, `who` of them can do what the cure says.
 */
export interface PlacementFailure {
  readonly retry: 'now' | 'later' | 'give up';
  readonly isCapacity: boolean;
  readonly elsewhere: boolean;
  /** Other subnets may not have this trouble: the next placement takes others, where the runner has some. */
  readonly otherSubnets?: true;
  readonly who: 'user' | 'operator' | 'AWS';
  readonly code: string;
  readonly cause: string;
  readonly cure: string;
}

/** `adopted`: an earlier try had started it. */
export type PlaceOutcome =
  | { readonly kind: 'placed'; readonly task: TaskRef; readonly adopted: boolean }
  | { readonly kind: 'failed'; readonly failure: PlacementFailure };

/** The address of the worker's network interface, or why there will be none. */
export type AddressOutcome = { readonly kind: 'address'; readonly host: string } | { readonly kind: 'stopped'; readonly stop: TaskStop };

/** Why a task stopped, ECS's words and our classification. */
export interface TaskStop {
  readonly stopCode: string;
  readonly stoppedReason: string;
  /** True when it had been RUNNING. */
  readonly wasRunning: boolean;
  readonly failure: PlacementFailure;
}
