import { parseJobPayload } from '@fargate-gitlab-runner/protocol';
import { type Answer, type Answered, mediaTypeOf } from './answer.ts';
import { causeOf } from './cause-of-answer.ts';
import type { RequestVerdict } from './coordinator.ts';
import { salvageJob } from './salvage.ts';

/** What the answer to a job request means. Source: GitLab runner API, `POST /jobs/request`. */
export function verdictOfRequest(answer: Answer): RequestVerdict {
  if (answer.kind === 'unanswered') return { kind: 'unavailable', cause: answer.cause };
  switch (answer.status) {
    case 201:
      return verdictOfJob(answer);
    case 204:
    case 409:
      return { kind: 'none' };
    case 403:
      return { kind: 'refused', cause: causeOf(answer) };
    default:
      return { kind: 'unavailable', cause: causeOf(answer) };
  }
}

/** GitLab has given the job to us: whatever the body is like, it will not go to anybody else. */
function verdictOfJob(answer: Answered): RequestVerdict {
  const type = mediaTypeOf(answer);
  if (type !== 'application/json') return broken(answer, [`body: its media type is ${type || 'missing'}, not application/json`]);
  if (!answer.isWhole) return broken(answer, ['body: it ends early']);
  const parsed = parseJobPayload(answer.body);
  return parsed.kind === 'job' ? parsed : broken(answer, parsed.problems);
}

function broken(answer: Answered, problems: readonly string[]): RequestVerdict {
  const salvage = salvageJob(answer.body);
  return { kind: 'broken', problems, ...(salvage && { salvage }) };
}
