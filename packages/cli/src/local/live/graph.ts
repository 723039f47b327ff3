import stringWidth from 'string-width';
import type { Board, BoardJob } from '../board.ts';
import { durationOf, durationText } from '../duration-text.ts';
import { fitted, shortened } from './fitted.ts';
import { painted } from './paint.ts';
import { markOf } from './status-mark.ts';

/** What the graph is drawn of. */
export interface GraphSettings {
  readonly board: Board;
  /** The name of the job that is marked. */
  readonly chosen: string | undefined;
  readonly columns: number;
  /** Rows there are room for. */
  readonly rows: number;
  readonly now: number;
  readonly isPlain: boolean;
}

const NARROWEST = 22;
const WIDEST = 40;
const GAP = 2;

/** The jobs of a pipeline by stage: stages side by side where there is room, else one below the other. At most `rows` rows. */
export function graphRows(settings: GraphSettings): string[] {
  const { stages } = settings.board;
  const width = Math.min(WIDEST, Math.floor((settings.columns + GAP) / Math.max(1, stages.length)) - GAP);
  return width >= NARROWEST ? sideBySide(settings, width) : below(settings);
}

function sideBySide(settings: GraphSettings, width: number): string[] {
  const { board, rows } = settings;
  const columns = board.stages.map((stage) => {
    const jobs = board.inStage(stage);
    const cells = jobs.map((job) => cell(settings, job, width));
    return [painted(fitted(stage, width), 'bold'), ...windowed(cells, { rows: rows - 1, at: placeOf(jobs, settings.chosen), width })];
  });
  const height = Math.max(0, ...columns.map((column) => column.length));
  return Array.from({ length: Math.min(height, rows) }, (_, row) =>
    columns.map((column) => column[row] ?? ' '.repeat(width)).join(' '.repeat(GAP)),
  );
}

function below(settings: GraphSettings): string[] {
  const width = settings.columns;
  const all = settings.board.stages.flatMap((stage) => [
    { name: undefined, row: painted(fitted(stage, width), 'bold') },
    ...settings.board.inStage(stage).map((job) => ({ name: job.name, row: cell(settings, job, width) })),
  ]);
  const at = all.findIndex(({ name }) => name !== undefined && name === settings.chosen);
  return windowed(
    all.map(({ row }) => row),
    { rows: settings.rows, at, width },
  );
}

/** Where there are more rows than room, those around the chosen one; the last row says how many more there are. */
function windowed(all: readonly string[], of: { readonly rows: number; readonly at: number; readonly width: number }): string[] {
  if (all.length <= of.rows) return [...all];
  const room = Math.max(0, of.rows - 1);
  const from = Math.max(0, Math.min(of.at - Math.floor(room / 2), all.length - room));
  const more = `  … ${all.length - room} more`;
  return of.rows <= 0 ? [] : [...all.slice(from, from + room), painted(fitted(more, of.width), 'dim')];
}

function placeOf(jobs: readonly BoardJob[], chosen: string | undefined): number {
  return jobs.findIndex((job) => job.name === chosen);
}

function cell({ chosen, now, isPlain }: GraphSettings, job: BoardJob, width: number): string {
  const { sign, paints } = markOf(job, isPlain);
  const duration = durationOf(job, now);
  const time = duration === undefined ? '' : ` ${durationText(duration)}`;
  const tries = job.attempt > 1 ? ` (${job.attempt})` : '';
  const room = width - 4 - stringWidth(time);
  const name = shortened(job.name, room - stringWidth(tries)) + tries;
  if (job.name === chosen) return painted(`> ${sign} ${fitted(name, room)}${time}`, 'inverse');
  return `  ${painted(sign, ...paints)} ${fitted(name, room)}${painted(time, 'dim')}`;
}
