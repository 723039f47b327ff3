import type { BoardJob } from './board.ts';

/** How long a job has run, up to now if it still does; undefined when it has not begun. Milliseconds. */
export function durationOf({ begunAt, endedAt }: Pick<BoardJob, 'begunAt' | 'endedAt'>, now: number): number | undefined {
  return begunAt === undefined ? undefined : Math.max(0, (endedAt ?? now) - begunAt);
}

/** `0.4 s`, `12.3 s`, `4 min 05 s`, `1 h 02 min`. */
export function durationText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.floor(whole / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
