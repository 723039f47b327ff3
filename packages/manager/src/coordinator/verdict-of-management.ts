import { Secret } from '@fargate-gitlab-runner/kernel';
import { z } from 'zod';
import { type Answer, jsonOf } from './answer.ts';
import { causeOf } from './cause-of-answer.ts';
import type { IssueVerdict, RemoveVerdict } from './runner-management.ts';

const issued = z.object({
  id: z.int().transform(String).nullish(),
  token: z.string().min(1),
  token_expires_at: z.iso.datetime({ offset: true }).nullish(),
});

/** A 4xx other than these is an answer that a repetition will not change. */
const PASSING: readonly number[] = [408, 409, 429];

/** What the answer to a request for a token means: only 201 with a token is a yes. Source: GitLab runner API, runner management. */
export function verdictOfIssue(answer: Answer): IssueVerdict {
  if (answer.kind === 'unanswered') return { kind: 'unavailable', cause: answer.cause };
  if (answer.status !== 201) return { kind: isFinal(answer.status) ? 'refused' : 'unavailable', cause: causeOf(answer) };
  const read = issued.safeParse(jsonOf(answer));
  if (!read.success) return { kind: 'unavailable', cause: `${causeOf(answer)}, but not with a token as JSON` };
  const { id, token, token_expires_at: expiresAt } = read.data;
  return { kind: 'issued', token: new Secret(token), ...(id && { id }), ...(expiresAt && { expiresAt: Date.parse(expiresAt) }) };
}

/** What the answer to a removal means. Source: as above. */
export function verdictOfRemoval(answer: Answer): RemoveVerdict {
  if (answer.kind === 'unanswered') return { kind: 'unavailable', cause: answer.cause };
  if (answer.status === 204) return { kind: 'removed' };
  if (answer.status === 404) return { kind: 'missing', cause: causeOf(answer) };
  return { kind: isFinal(answer.status) ? 'refused' : 'unavailable', cause: causeOf(answer) };
}

function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && !PASSING.includes(status);
}
