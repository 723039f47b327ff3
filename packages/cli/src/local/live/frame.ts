import stringWidth from 'string-width';
import type { Board, BoardJob } from '../board.ts';
import { durationOf, durationText } from '../duration-text.ts';
import { fitted, shortened } from './fitted.ts';
import { graphRows } from './graph.ts';
import { painted } from './paint.ts';
import { markOf } from './status-mark.ts';

/** What one frame shows. Nothing else decides how it looks. */
export interface FrameContent {
  readonly board: Board;
  readonly columns: number;
  readonly rows: number;
  /** Wall time in milliseconds, and when the pipeline began. */
  readonly now: number;
  readonly begunAt: number;
  /** Branch and source, for the first row. */
  readonly heading: string;
  readonly chosen: string | undefined;
  /** The chosen job's log, made safe for the screen. */
  readonly log: readonly string[];
  /** Rows that the log is scrolled back by; 0 follows its end. */
  readonly scrolledBy: number;
  /** A line to the person, in the place of the keys. */
  readonly message: string | undefined;
  readonly isPlain: boolean;
}

const KEYS = '↑↓←→ job  f follow  PgUp/PgDn log  p play  q leave  Ctrl-C cancel';
const PLAIN_KEYS = 'arrows: job  f follow  PgUp/PgDn log  p play  q leave  Ctrl-C cancel';

/** The rows of a frame: state, jobs by stage, the chosen job's log, keys. Exactly as many as the terminal has, none too wide. */
export function frameRows(content: FrameContent): string[] {
  const { columns, rows } = content;
  const graph = graphRows({ ...content, rows: graphRoom(rows) });
  const log = logRows(content, Math.max(0, rows - graph.length - 4));
  const keys =
    content.message === undefined ? painted(content.isPlain ? PLAIN_KEYS : KEYS, 'dim') : painted(content.message, 'bold', 'yellow');
  const all = [heading(content), '', ...graph, title(content), ...log];
  return [...all.slice(0, rows - 1), keys].map((row) => shortened(row, columns));
}

/** At most half of the screen, so that the log has the rest. */
function graphRoom(rows: number): number {
  return Math.max(2, Math.floor((rows - 4) / 2));
}

function heading({ board, heading: of, now, begunAt, isPlain, columns }: FrameContent): string {
  const counts = new Map<string, number>();
  for (const { status } of board.jobs) counts.set(status, (counts.get(status) ?? 0) + 1);
  const said = [...counts].map(([status, count]) => `${count} ${status.replaceAll('_', ' ')}`).join(', ');
  const dot = isPlain ? ' - ' : ' · ';
  const text = [board.name, of, durationText(now - begunAt), said].filter((part) => part !== undefined && part !== '').join(dot);
  return painted(fitted(` ${board.status}${dot}${text}`, columns), 'inverse');
}

function title({ board, chosen, now, columns, scrolledBy, isPlain }: FrameContent): string {
  const line = isPlain ? '-' : '─';
  const job = chosen === undefined ? undefined : board.job(chosen);
  if (!job) return painted(line.repeat(columns), 'dim');
  const { sign, paints } = markOf(job, isPlain);
  const back = scrolledBy > 0 ? `, ${scrolledBy} rows back` : '';
  const text = shortened(`${job.name}: ${stateText(job, now)}${back}`, columns - 8);
  const rest = line.repeat(Math.max(0, columns - 6 - stringWidth(text)));
  return `${painted(line.repeat(2), 'dim')} ${painted(sign, ...paints)} ${text} ${painted(rest, 'dim')}`;
}

/** A job's state in words: `running 3.1 s, try 2, needs build`. */
function stateText(job: BoardJob, now: number): string {
  const duration = durationOf(job, now);
  return [
    `${job.status.replaceAll('_', ' ')}${duration === undefined ? '' : ` ${durationText(duration)}`}`,
    job.failureReason,
    job.exitCode === undefined ? undefined : `exit code ${job.exitCode}`,
    job.attempt > 1 ? `try ${job.attempt}` : undefined,
    job.needs.length > 0 ? `needs ${job.needs.join(' and ')}` : undefined,
    job.stuck,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

function logRows({ log, scrolledBy }: FrameContent, room: number): string[] {
  const end = Math.max(Math.min(room, log.length), log.length - scrolledBy);
  const shown = log.slice(Math.max(0, end - room), end);
  return [...shown, ...Array.from({ length: room - shown.length }, () => '')];
}
