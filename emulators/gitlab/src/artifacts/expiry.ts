import { durationSeconds } from '../pipeline/duration.ts';

/** What an `expire_in` comes to. */
export type Expiry = { readonly kind: 'at'; readonly at: number | undefined } | { readonly kind: 'wrong' };

/** Reads `7 days`, `1 week`, `never` or a number of seconds; without one, artifacts do not expire here. */
export function expiryOf(expireIn: string | undefined, nowMs: number): Expiry {
  if (expireIn === undefined || expireIn === '' || expireIn === 'never') return { kind: 'at', at: undefined };
  const seconds = durationSeconds(expireIn);
  return seconds === undefined ? { kind: 'wrong' } : { kind: 'at', at: nowMs + seconds * 1000 };
}
