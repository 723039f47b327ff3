import { stripVTControlCharacters } from 'node:util';
import type { Output } from '../output.ts';
import type { Board, BoardJob } from './board.ts';
import { hasEnded } from './board.ts';
import { durationText } from './duration-text.ts';
import type { PipelineDisplay } from './pipeline-display.ts';

/**
 * A pipeline as plain lines: each job's state when it ends, each job's log as it comes. With several jobs every line of log says whose
 * it is.
 */
export class PlainView implements PipelineDisplay {
  readonly #output: Output;
  readonly #hasPrefix: boolean;

  constructor(output: Output, board: Pick<Board, 'jobs'>) {
    this.#output = output;
    this.#hasPrefix = board.jobs.length > 1;
  }

  jobChanged(job: BoardJob): void {
    if (job.attempt > 1 && job.status === 'running') this.#output.line(`${job.name}: running, try ${job.attempt}`);
    if (job.status === 'manual') this.#output.line(`${job.name}: manual`);
    if (hasEnded(job.status)) this.#output.line(endLine(job));
  }

  log(job: BoardJob, lines: readonly string[]): void {
    const prefix = this.#hasPrefix ? `[${job.name}] ` : '';
    for (const line of lines) this.#output.line(`${prefix}${this.#output.hasColours ? line : stripVTControlCharacters(line)}`);
  }

  say(text: string): void {
    this.#output.note(text);
  }

  close(): void {}
}

/** How a job ended, in a line: `test: failed (script_failure, exit code 1) in 3.5 s`. */
export function endLine(job: BoardJob): string {
  const facts = [
    job.status === 'failed' ? job.failureReason : undefined,
    job.exitCode === undefined ? undefined : `exit code ${job.exitCode}`,
    job.attempt > 1 ? `try ${job.attempt}` : undefined,
    job.status === 'failed' && job.allowFailure ? 'allowed' : undefined,
  ].filter((fact) => fact !== undefined);
  const why = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  const time = job.begunAt === undefined || job.endedAt === undefined ? '' : ` in ${durationText(job.endedAt - job.begunAt)}`;
  return `${job.name}: ${job.status}${why}${time}`;
}
