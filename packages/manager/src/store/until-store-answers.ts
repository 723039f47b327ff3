import { type Clock, delayFor, type Random, type RetryPolicy } from '@fargate-gitlab-runner/kernel';
import { S3Failure } from './s3/s3-failure.ts';

const POLICY: RetryPolicy = { attempts: Number.POSITIVE_INFINITY, firstDelayMs: 500, maxDelayMs: 10_000, factor: 2, jitter: 'full' };

/**
 * Asks a store in the cloud until it answers: a manager that starts while the store is away would only be started again, and again. Each
 * failure is told. Rejects with the signal's reason, and at once with a failure that asking again does not cure.
 */
export async function untilStoreAnswers<T>(
  of: { ask(): Promise<T>; onFailure(error: S3Failure): void },
  tools: { readonly clock: Clock; readonly random: Random; readonly signal?: AbortSignal },
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    tools.signal?.throwIfAborted();
    try {
      return await of.ask();
    } catch (error) {
      const delayMs = delayFor(attempt, POLICY, tools);
      if (!(error instanceof S3Failure) || error.kind === 'final' || delayMs === 'give up') throw error;
      of.onFailure(error);
      await tools.clock.sleep(delayMs, tools.signal);
    }
  }
}
