import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** How often and how patiently something is tried again. Times are milliseconds. */
export interface RetryPolicy {
  /** Tries in all, the first one included. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  readonly factor: number;
  /** `full`: uniform between `firstDelayMs` and the current delay; `none`: exactly the current delay. */
  readonly jitter: 'none' | 'full';
}

/**
 * The wait before the try after `attempt` (1 = the first try has just failed).
 * A wait the other side asked for (`hintMs`) wins over our own back-off.
 */
export function delayFor(
  attempt: number,
  policy: RetryPolicy,
  by: { readonly random: Random; readonly hintMs?: number | undefined },
): number | 'give up' {
  if (attempt >= policy.attempts) return 'give up';
  if (by.hintMs !== undefined) return by.hintMs;
  const current = Math.min(policy.maxDelayMs, policy.firstDelayMs * policy.factor ** (attempt - 1));
  if (policy.jitter === 'none') return current;
  return policy.firstDelayMs + by.random.fraction() * (current - policy.firstDelayMs);
}

/** What one try came to: done, or worth another try (after `afterMs`, if the other side named a time). */
export type Attempt<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'again'; readonly value: T; readonly afterMs?: number };

/**
 * Tries until `operation` says it is done or the policy gives up, and returns the last value either way.
 * A throw ends it at once; the signal ends the wait between tries.
 */
export async function retrying<T>(
  operation: (attempt: number) => Promise<Attempt<T>>,
  policy: RetryPolicy,
  tools: { readonly clock: Clock; readonly random: Random; readonly signal?: AbortSignal },
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const result = await operation(attempt);
    if (result.kind === 'done') return result.value;
    const delay = delayFor(attempt, policy, { random: tools.random, hintMs: result.afterMs });
    if (delay === 'give up') return result.value;
    await tools.clock.sleep(delay, tools.signal);
  }
}
