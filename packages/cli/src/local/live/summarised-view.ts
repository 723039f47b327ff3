import type { Output } from '../../output.ts';
import type { Board, BoardJob } from '../board.ts';
import type { PipelineDisplay } from '../pipeline-display.ts';
import { endLine, PlainView } from '../plain-view.ts';

const LAST_LINES = 20;

/**
 * A live view that leaves a summary on the first screen when it closes, because nothing of what was on the second one stays: the last
 * lines of jobs that failed, what was said, and how each job ended.
 */
export class SummarisedView implements PipelineDisplay {
  readonly #view: PipelineDisplay;
  readonly #of: { readonly board: Board; readonly output: Output };
  readonly #logs = new Map<string, readonly string[]>();
  readonly #said: string[] = [];
  #isOpen = true;

  constructor(view: PipelineDisplay, of: { readonly board: Board; readonly output: Output }) {
    this.#view = view;
    this.#of = of;
  }

  jobChanged(job: BoardJob): void {
    if (job.status === 'running') this.#logs.delete(job.name);
    this.#view.jobChanged(job);
  }

  log(job: BoardJob, lines: readonly string[]): void {
    this.#logs.set(job.name, [...(this.#logs.get(job.name) ?? []), ...lines].slice(-LAST_LINES));
    this.#view.log(job, lines);
  }

  say(text: string): void {
    this.#said.push(text);
    this.#view.say(text);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#view.close();
    const { board, output } = this.#of;
    const plain = new PlainView(output, board);
    for (const job of board.jobs.filter(({ status }) => status === 'failed')) plain.log(job, this.#logs.get(job.name) ?? []);
    for (const text of this.#said) output.note(text);
    for (const stage of board.stages) for (const job of board.inStage(stage)) output.line(endLine(job));
  }
}
