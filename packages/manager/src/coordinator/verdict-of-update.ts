import type { Answer } from './answer.ts';
import { causeOf } from './cause-of-answer.ts';
import type { UpdateVerdict } from './coordinator.ts';
import { standingOf } from './job-standing.ts';
import { paceOf } from './pace-of-answer.ts';

/** What the answer to a job update means. Source: GitLab runner API, `PUT /jobs/:id`, order of evaluation. */
export function verdictOfUpdate(answer: Answer): UpdateVerdict {
  if (answer.kind === 'unanswered') return { kind: 'failed', cause: answer.cause };
  const standing = standingOf(answer);
  if (standing === 'over') return { kind: 'gone', cause: causeOf(answer) };
  switch (answer.status) {
    case 200:
      return { kind: 'accepted', ...paceOf(answer), isCanceling: standing === 'canceling' };
    case 202:
      return { kind: 'pending', ...paceOf(answer) };
    case 412:
      return { kind: 'rejected', ...paceOf(answer) };
    case 404:
      return { kind: 'gone', cause: causeOf(answer) };
    default:
      return { kind: 'failed', cause: causeOf(answer) };
  }
}
