import type { Row } from './figure.ts';
import { spreadOf } from './statistics.ts';

/** One line of the table as text. */
export interface TableLine {
  readonly figure: string;
  readonly target: string;
  readonly median: string;
  readonly spread: string;
  readonly runs: string;
  readonly verdict: 'met' | 'missed' | 'no target';
}

const COLUMNS = ['figure', 'target', 'median', 'spread', 'runs', 'verdict'] as const;

/** A row as text, with its verdict: the median must keep the target. */
export function tableLineOf({ figure, unit, target, values }: Row): TableLine {
  const { median, min, max } = spreadOf(values);
  const isMet = target && (target.must === 'below' ? median < target.limit : median > target.limit);
  return {
    figure,
    target: target ? `${target.must === 'below' ? '<' : '>'} ${target.limit} ${unit}` : '-',
    median: `${shown(median)} ${unit}`,
    spread: `${shown(min)}–${shown(max)}`,
    runs: String(values.length),
    verdict: isMet === undefined ? 'no target' : isMet ? 'met' : 'missed',
  };
}

/** The table in Markdown, its columns aligned so that a terminal shows it too. */
export function markdownTable(lines: readonly TableLine[]): string {
  const widths = COLUMNS.map((column) => Math.max(column.length, ...lines.map((line) => line[column].length)));
  const row = (cells: readonly string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [
    row(COLUMNS),
    row(widths.map((width) => '-'.repeat(width))),
    ...lines.map((line) => row(COLUMNS.map((column) => line[column]))),
  ].join('\n');
}

/** Three significant digits, and never fewer than the whole number has. */
function shown(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
