import type { BoardJob } from './board.ts';

/** Shows a pipeline while it runs. The board that it reads from has taken an event before the display hears of it. */
export interface PipelineDisplay {
  /** A job is in another state than before, or another try of it began. */
  jobChanged(job: BoardJob): void;
  /** Lines of a job's log, with what escape sequences they have. */
  log(job: BoardJob, lines: readonly string[]): void;
  /** A line to the person. */
  say(text: string): void;
  /** Gives the terminal back. Quick and synchronous; twice does no harm. */
  close(): void;
}
