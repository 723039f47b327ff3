import type { BoardJob } from '../board.ts';
import type { Paint } from './paint.ts';

/** How a state looks: a sign of one column and its colours. */
export interface StatusMark {
  readonly sign: string;
  readonly paints: readonly Paint[];
}

const MARKS: Readonly<Record<BoardJob['status'], readonly [fine: string, plain: string, ...paints: Paint[]]>> = {
  created: ['○', '.', 'dim'],
  waiting_for_resource: ['◔', 'w', 'yellow'],
  pending: ['◌', 'o', 'yellow'],
  scheduled: ['◷', 't', 'yellow'],
  manual: ['▷', '>', 'magenta'],
  running: ['●', '*', 'cyan'],
  canceling: ['◐', '!', 'yellow'],
  success: ['✔', '+', 'green'],
  failed: ['✖', 'x', 'red'],
  canceled: ['⊘', '-', 'yellow'],
  skipped: ['»', '/', 'dim'],
};

/** The mark of a job's state. `plain` marks are ASCII, for terminals that have nothing else. A failure that is allowed is no red one. */
export function markOf(job: Pick<BoardJob, 'status' | 'allowFailure'>, isPlain: boolean): StatusMark {
  if (job.status === 'failed' && job.allowFailure) return { sign: isPlain ? '!' : '▲', paints: ['yellow'] };
  const [fine, plain, ...paints] = MARKS[job.status];
  return { sign: isPlain ? plain : fine, paints };
}
