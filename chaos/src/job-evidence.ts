import type { Finding, JobView } from '@fargate-gitlab-runner/emulator-gitlab';
import type { LoadedJob } from './load.ts';

/** What there is to see of a job when all is over. */
export interface JobEvidence {
  readonly job: LoadedJob;
  readonly view: Pick<JobView, 'status' | 'failureReason' | 'exitCode' | 'updates' | 'artifacts' | 'assignment'>;
  readonly trace: Buffer;
  readonly marks: readonly string[];
  /** The text of its record or tombstone; undefined when there never was one. */
  readonly record: string | undefined;
  readonly tasks: readonly string[];
  /** One of its tasks was ended from outside. */
  readonly isTaskLost: boolean;
  /** GitLab forgot the end of its log at some time. */
  readonly isTruncated: boolean;
  /** What GitLab has to complain of. */
  readonly findings: readonly Pick<Finding, 'rule' | 'detail'>[];
  /** What managers said of it. */
  readonly words: JobWords;
  /** Why GitLab's answer with the job may have been lost, or its manager with it; undefined when nothing of the kind was going on then. */
  readonly lostOnTheWay: string | undefined;
}

/** What managers logged of a job that tells why it came out otherwise. Each has the cause in it. */
export interface JobWords {
  /** It could not be recorded in time, and was failed for that. */
  readonly unrecordable?: string;
  /** GitLab did not answer as it should when it was told that the job runs. */
  readonly unannounced?: string;
}
