import type { BoardJob } from './board.ts';
import { isMeant } from './job-choice.ts';

/** Asks a person; undefined when there is nobody to ask. `undefined` as an answer means: none of them. */
export type AskForManual = (jobs: readonly BoardJob[], signal: AbortSignal) => Promise<BoardJob | undefined>;

/** Which manual jobs are played: those named before the start, all of them, or those that a person chooses. */
export class ManualJobs {
  readonly #names: readonly string[];
  readonly #isAll: boolean;
  readonly #ask: AskForManual | undefined;
  readonly #groups: ReadonlyMap<string, string>;

  constructor(of: {
    /** Names of jobs or of `parallel` groups. */
    readonly names: readonly string[];
    readonly isAll: boolean;
    /** The group of each job. */
    readonly groups: ReadonlyMap<string, string>;
    readonly ask: AskForManual | undefined;
  }) {
    this.#names = of.names;
    this.#isAll = of.isAll;
    this.#groups = of.groups;
    this.#ask = of.ask;
  }

  /** Whether a job that waits to be played is played without asking. */
  isToBePlayed({ name }: Pick<BoardJob, 'name'>): boolean {
    const job = { name, group: this.#groups.get(name) ?? name };
    return this.#isAll || this.#names.some((meant) => isMeant(job, meant));
  }

  /** The pipeline rests, and these jobs could be played: which one is. Undefined: none, so the run is over. */
  async whenNothingElseGoesOn(jobs: readonly BoardJob[], signal: AbortSignal): Promise<BoardJob | undefined> {
    return jobs.length === 0 || signal.aborted ? undefined : this.#ask?.(jobs, signal);
  }
}
