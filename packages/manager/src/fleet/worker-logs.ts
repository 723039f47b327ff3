/** Port: what workers have printed to their container logs, in a place apart from them. */
export interface WorkerLogs {
  /** The last `lines` lines of a stream, oldest first. Only an aborted signal throws, with its reason. */
  tail(of: LogStream & { readonly lines: number }, signal: AbortSignal): Promise<LogTail>;
}

/** Names one stream. */
export interface LogStream {
  readonly region: string;
  readonly group: string;
  readonly stream: string;
}

/** Where the containers of a task definition log to; `prefix` is the first part of every stream's name. */
export interface LogPlace {
  readonly region: string;
  readonly group: string;
  readonly prefix: string;
}

/**
 * `lines`: hostile input, word for word. `none`: there is no such stream, or nothing in it. `denied`: the manager may not read it.
 * `unavailable`: there was no answer.
 */
export type LogTail =
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'denied' | 'unavailable'; readonly cause: string };

/** The stream of one container. Source: Amazon ECS developer guide, "Send Amazon ECS logs to CloudWatch", `awslogs-stream-prefix`. */
export function streamOf(place: LogPlace, of: { readonly container: string; readonly taskArn: string }): LogStream {
  const taskId = of.taskArn.slice(of.taskArn.lastIndexOf('/') + 1);
  return { region: place.region, group: place.group, stream: `${place.prefix}/${of.container}/${taskId}` };
}
