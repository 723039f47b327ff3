import type { AwsPlace } from './aws-place.ts';
import { type PolicyDocument, policyDocument } from './policy-document.ts';

/** Where the workers of one deployment write their logs. */
export interface WorkerLogs {
  readonly place: AwsPlace;
  readonly logGroup: string;
  /** What the families of all workers, and with them their log streams, begin with. */
  readonly streamPrefix: string;
}

/** What a manager may read of CloudWatch Logs: the last lines of its own workers, for the log of a job whose worker never spoke. */
export function workerLogPolicy({ place, logGroup, streamPrefix }: WorkerLogs): PolicyDocument {
  const group = `arn:${place.partition}:logs:${place.region}:${place.account}:log-group:${logGroup}`;
  return policyDocument([
    { Sid: 'ReadWorkerLogs', Effect: 'Allow', Action: ['logs:GetLogEvents'], Resource: [`${group}:log-stream:${streamPrefix}*`] },
  ]);
}
