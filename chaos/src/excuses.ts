import type { JobEvidence } from './job-evidence.ts';

/** What a manager says in the log of a job whose worker failed when nothing that was left could change its outcome. */
const WARNED = 'The outcome of the job was certain when its worker failed: ';

/**
 * What may excuse that a job came out otherwise than its kind says. Each excuse has its proof in the evidence and allows one thing; those
 * that were needed are told, so that a report shows what a run was forgiven.
 */
export class Excuses {
  readonly #evidence: JobEvidence;
  readonly #needed = new Set<string>();

  constructor(evidence: JobEvidence) {
    this.#evidence = evidence;
  }

  /** Those that were needed so far. */
  get needed(): readonly string[] {
    return [...this.#needed];
  }

  /** The job may have ended early, as a system failure: its task was ended from outside. */
  endedEarly(): boolean {
    const { isTaskLost, view } = this.#evidence;
    return this.#need(isTaskLost && view.failureReason === 'runner_system_failure', 'its task was ended from outside');
  }

  /** The job may have been prepared twice: its first task was ended from outside, and it began anew in another one. */
  begunAnew(): boolean {
    return this.#need(this.#evidence.isTaskLost, 'its first task was ended from outside, and it began anew');
  }

  /** The report may name no checksum: what was written ahead of the log was in a worker that was ended from outside. */
  noChecksum(): boolean {
    return this.#need(this.#evidence.isTaskLost, 'what was written ahead of its log was lost with its task');
  }

  /** Lines may be missing: GitLab forgot them, and the worker that had them was ended from outside. */
  forgottenLines(): boolean {
    const { isTaskLost, isTruncated } = this.#evidence;
    return this.#need(isTaskLost && isTruncated, 'GitLab forgot a part of its log that was lost with its task');
  }

  /** The end of its log and what its `after_script` does may be missing: its outcome was certain before its task was ended, and its log says so. */
  endMissing(): boolean {
    const { isTaskLost, trace } = this.#evidence;
    return this.#need(isTaskLost && trace.includes(WARNED), 'its task was ended from outside when its outcome was certain');
  }

  /** GitLab may get a log, or the success, of a job that it was never told to run: it did not take that. The job runs all the same. */
  unannounced(): boolean {
    const { unannounced } = this.#evidence.words;
    return this.#need(unannounced !== undefined, `GitLab did not take that it runs: ${unannounced}`);
  }

  /** The job may have been failed without beginning: its record could not be written in time. */
  unrecordable(): boolean {
    const { words, view, trace, marks, tasks } = this.#evidence;
    const isUntouched = trace.length === 0 && marks.length === 0 && tasks.length === 0;
    const isFailed = view.status === 'failed' && view.failureReason === 'runner_system_failure' && view.exitCode === undefined;
    return this.#need(words.unrecordable !== undefined && isUntouched && isFailed, `it could not be recorded: ${words.unrecordable}`);
  }

  /** Nobody may know of the job: GitLab's answer was lost, or its manager before it could write, or neither store nor GitLab could be told. */
  neverHeardOf(): boolean {
    const { lostOnTheWay, words } = this.#evidence;
    const why = words.unrecordable ?? lostOnTheWay;
    return this.#need(why !== undefined, `nobody could write it down: ${why}`);
  }

  #need(isProved: boolean, sentence: string): boolean {
    if (isProved) this.#needed.add(sentence);
    return isProved;
  }
}
