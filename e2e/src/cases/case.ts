import type { JobVariable } from '@fargate-gitlab-runner/emulator-gitlab';
import type { CaseHistory } from './case-history.ts';
import type { Cell } from './cell.ts';

/**
 * What a case expects of the pipeline of its folder, `e2e/cases/<name>/`: `.gitlab-ci.yml`, what `repository/` holds if it is there,
 * `expect.ts` with this as `expected`, and `why.md`, one line that begins with the numbers of the checklist that it is for, when there
 * are any (`docs/reference/ci-features.md` has the list).
 */
export interface Case {
  /** Where it runs; bash with tools when absent. */
  readonly cells?: readonly Cell[];
  /** By their names; every job of the pipeline is to be here. */
  readonly jobs: Readonly<Record<string, ExpectedJob>>;
  /** Path of the project below its group; the name of the case when absent. */
  readonly project?: string;
  /** The branch or tag that the pipeline runs on; `main` when absent. */
  readonly ref?: string;
  readonly protectedRefs?: readonly string[];
  /** CI/CD variables of the pipeline. */
  readonly variables?: readonly JobVariable[];
  /** What lies in AWS; a variable of the pipeline, under its key here, has the ARN. */
  readonly secrets?: Readonly<Record<string, StoredSecret>>;
  /** More than the one commit of its files: branches, tags, submodules. */
  history?(git: CaseHistory): Promise<void>;
}

/** Jobs may read it by the manager's own role when its name begins with `ci/`. */
interface StoredSecret {
  readonly service: 'Secrets Manager' | 'Parameter Store';
  readonly name: string;
  readonly value: string;
}

/** A whole line of the log, or what one has to match. */
export type Line = string | RegExp;

/** What a job is to come to. Its log is read as a person does: without timestamps, colours and markers. */
export interface ExpectedJob {
  /** `success` when absent. */
  readonly status?: 'success' | 'failed' | 'skipped' | 'canceled';
  readonly failureReason?: string;
  readonly exitCode?: number;
  /** Whether its failure counts for nothing; `false` when absent. */
  readonly isAllowedToFail?: boolean;
  /** How many jobs of this name there are in the end; 1 when absent. What else is expected is so of the last. */
  readonly tries?: number;
  /** Names of all sections, in their order. */
  readonly sections?: readonly string[];
  /** Lines that are there in this order; others may be between them. */
  readonly lines?: readonly Line[];
  /** Lines, or parts of them, that are not there. */
  readonly never?: readonly Line[];
  /** What the stored bytes have to match, as text. */
  readonly bytes?: readonly RegExp[];
  /** The log ends after so many bytes, with a notice; the job goes on. A log with its end when absent. */
  readonly cutAtBytes?: number;
  /** Whether GitLab was told that the log shows more than others may see; `false` when absent. */
  readonly isDebugTrace?: boolean;
  /** Whether lines have timestamps; `true` when absent. */
  readonly isStamped?: boolean;
  /** Whether there are markers of sections; `true` when absent. */
  readonly hasSections?: boolean;
  /** By their type (`archive`, `junit` ...); all of them. None when absent. */
  readonly artifacts?: Readonly<Record<string, ExpectedArtifact>>;
  /** Variables of its dotenv report. */
  readonly dotenv?: Readonly<Record<string, string>>;
}

/** What is stored as one artifact. */
export interface ExpectedArtifact {
  readonly filename?: string;
  /** All entries of the archive, folders with a slash at their end, and what the files hold; a link holds where it leads. */
  readonly files?: Readonly<Record<string, Line>>;
  /** For one that is no archive of files: its content, unpacked. */
  readonly content?: Line;
}
