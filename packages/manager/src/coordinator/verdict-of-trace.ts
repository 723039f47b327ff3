import type { Answer, Answered } from './answer.ts';
import { causeOf } from './cause-of-answer.ts';
import type { TraceVerdict } from './coordinator.ts';
import { standingOf } from './job-standing.ts';
import { paceOf } from './pace-of-answer.ts';

/** What the answer to a trace patch means. Source: GitLab runner API, `PATCH /jobs/:id/trace`, order of evaluation. */
export function verdictOfTrace(answer: Answer): TraceVerdict {
  if (answer.kind === 'unanswered') return { kind: 'failed', cause: answer.cause };
  const standing = standingOf(answer);
  if (standing === 'over') return { kind: 'gone', cause: causeOf(answer) };
  switch (answer.status) {
    case 202:
      return { kind: 'accepted', ...paceOf(answer), isCanceling: standing === 'canceling' };
    case 404:
      return { kind: 'missing', cause: causeOf(answer) };
    case 416:
      return { kind: 'rewind', to: storedSize(answer), ...paceOf(answer) };
    default:
      return { kind: 'failed', cause: causeOf(answer) };
  }
}

/** `Range: 0-<size>`, where the second number is one past the last byte that GitLab holds; anything else means: from the start. */
function storedSize({ headers }: Answered): number {
  const size = Number(/^\s*\d+-(\d+)\s*$/.exec(headers.range ?? '')?.[1] ?? 0);
  return Number.isSafeInteger(size) ? size : 0;
}
