import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type Clock, deadlineSignal } from '@fargate-gitlab-runner/kernel';
import type { LogStream, LogTail, WorkerLogs } from '../worker-logs.ts';
import { ecsExceptionOf } from './ecs-exception-of.ts';

/** How CloudWatch Logs is reached. */
export interface AwsWorkerLogsOptions {
  readonly clock: Clock;
  /** Another address than AWS's own: the emulator's. */
  readonly endpoint?: string;
  /** Fixed credentials, for the emulator. The SDK's usual sources when absent. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** How long one question may take, in milliseconds; 5000 when absent: a job waits for it. */
  readonly timeoutMs?: number;
}

/** CloudWatch Logs through the AWS SDK. A client lives for one question: workers that die early are rare. */
export class AwsWorkerLogs implements WorkerLogs {
  readonly #options: AwsWorkerLogsOptions;

  constructor(options: AwsWorkerLogsOptions) {
    this.#options = options;
  }

  async tail({ region, group, stream, lines }: LogStream & { readonly lines: number }, signal: AbortSignal): Promise<LogTail> {
    signal.throwIfAborted();
    const { clock, endpoint, credentials, timeoutMs = 5000 } = this.#options;
    using deadline = deadlineSignal(clock, timeoutMs, signal);
    const reached = { ...(endpoint !== undefined && { endpoint }), ...(credentials && { credentials }) };
    const client = new CloudWatchLogsClient({ region, maxAttempts: 1, ...reached });
    try {
      const command = new GetLogEventsCommand({ logGroupName: group, logStreamName: stream, limit: lines, startFromHead: false });
      const { events = [] } = await client.send(command, { abortSignal: deadline.signal });
      const texts = events.map(({ message = '' }) => message);
      return texts.length === 0 ? { kind: 'none' } : { kind: 'lines', lines: texts };
    } catch (error) {
      signal.throwIfAborted();
      return failureOf(deadline.signal.aborted ? deadline.signal.reason : error);
    } finally {
      client.destroy();
    }
  }
}

function failureOf(error: unknown): LogTail {
  const { type, message } = ecsExceptionOf(error);
  if (type === 'ResourceNotFoundException') return { kind: 'none' };
  const cause = message === '' ? type : `${type}: ${message}`;
  return { kind: type === 'AccessDeniedException' ? 'denied' : 'unavailable', cause };
}
