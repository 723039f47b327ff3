import { z } from 'zod';
import { type Answer, jsonOf } from './answer.ts';
import { causeOf } from './cause-of-answer.ts';
import type { VerifyVerdict } from './coordinator.ts';

const verified = z.object({
  id: z.int().transform(String),
  token_expires_at: z.string().nullish(),
});

/**
 * What the answer to verify means. Old servers say 200 with the text `200` and no id: that is valid, with the id `0`. Source: GitLab
 * runner API, `POST /runners/verify`.
 */
export function verdictOfVerify(answer: Answer): VerifyVerdict {
  if (answer.kind === 'unanswered') return { kind: 'unavailable', cause: answer.cause };
  if (answer.status === 403) return { kind: 'refused', cause: causeOf(answer) };
  if (answer.status !== 200) return { kind: 'unavailable', cause: causeOf(answer) };
  if (answer.body.trim() === '200') return { kind: 'valid', id: '0' };
  const read = verified.safeParse(jsonOf(answer));
  if (!read.success) return { kind: 'unavailable', cause: `${causeOf(answer)}, but not with a runner as JSON` };
  const { id, token_expires_at: expiresAt } = read.data;
  return { kind: 'valid', id, ...(expiresAt && { tokenExpiresAt: expiresAt }) };
}
