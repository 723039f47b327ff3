import type { Answer } from './answer.ts';
import { causeOf } from './cause-of-answer.ts';
import type { JobUpdate, UpdateVerdict } from './coordinator.ts';
import { standingOf } from './job-standing.ts';
import { paceOf } from './pace-of-answer.ts';

/**
 * What the answer to a job update means. Source: GitLab runner API, `PUT /jobs/:id`, order of evaluation. A final report that is answered
 * 200 was taken, although `Job-Status` says that the job is over now: it is, by this report.
 */
export function verdictOfUpdate(answer: Answer, reported: JobUpdate['state']): UpdateVerdict {
  if (answer.kind === 'unanswered') return { kind: 'failed', cause: answer.cause };
  if (reported !== 'running' && answer.status === 200) return { kind: 'accepted', ...paceOf(answer), isCanceling: false };
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
