import type { EnqueuedJobSpec, JobView } from '@fargate-gitlab-runner/emulator-gitlab';

/** How a job may end. */
type JobEnd = Pick<JobView, 'status' | 'failureReason' | 'exitCode'>;

/** How the marks of an `after_script` begin. */
export const AFTER = 'after ';

/** What a kind of job is when nothing goes wrong. */
export interface JobKind {
  readonly name: string;
  /** How many of a hundred jobs. */
  readonly share: number;
  /** `mark` makes a line of the script that tells the witness; `number` one that prints so many numbered lines with a pause after each. */
  spec(tools: ScriptTools): EnqueuedJobSpec;
  readonly end: JobEnd;
  /** What it does, in order. */
  readonly marks: readonly string[];
  /** How many numbered lines its log has in the end. */
  readonly lines: number;
  /** Its end may come before all marks and lines: a timeout, a cancel, a log that is too long. */
  readonly isCutShort?: boolean;
  /** Lines may be missing between others: what is printed on a full disk is lost, as contracts.md says. */
  readonly losesLines?: boolean;
  /** GitLab cancels it once it has made its first mark. */
  readonly isCanceled?: boolean;
  /** It keeps an archive of artifacts. */
  readonly hasArchive?: boolean;
  /** Its worker's HOME and /tmp hold so many bytes (where bwrap is). */
  readonly diskBytes?: number;
}

/** What scripts are made with. */
interface ScriptTools {
  mark(text: string): string;
  lines(from: number, to: number, pauseS?: string): string;
}
