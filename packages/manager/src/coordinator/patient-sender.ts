import { type Clock, type Random, type RetryPolicy, retrying } from '@fargate-gitlab-runner/kernel';
import type { Answer } from './answer.ts';
import { waitHintOf } from './wait-hint.ts';

const POLICY: RetryPolicy = { attempts: 5, firstDelayMs: 100, maxDelayMs: 60_000, factor: 2, jitter: 'full' };
const RETRIED: readonly number[] = [408, 429, 500, 502, 503, 504];

/**
 * Sends until GitLab answers something that a retry would not change: five times at most, with the waits GitLab asks for or a
 * back-off of 100 ms doubling. Returns the last answer. No response is not tried again here, since nobody knows what it did.
 */
export function sendPatiently(
  send: () => Promise<Answer>,
  tools: { readonly clock: Clock; readonly random: Random; readonly signal: AbortSignal },
): Promise<Answer> {
  return retrying(
    async () => {
      const answer = await send();
      if (answer.kind === 'unanswered' || !isRetried(answer.status)) return { kind: 'done', value: answer };
      const afterMs = waitHintOf(answer, tools.clock.now());
      return { kind: 'again', value: answer, ...(afterMs !== undefined && { afterMs }) };
    },
    POLICY,
    tools,
  );
}

function isRetried(status: number): boolean {
  return RETRIED.includes(status) || status >= 512;
}
