import type { Clock } from '@fargate-gitlab-runner/kernel';

const MINUTE_MS = 60_000;

/** What the limiter says to one call; `headers` go with the 429. */
export type Admission = { readonly kind: 'admitted' } | { readonly kind: 'limited'; readonly headers: Readonly<Record<string, string>> };

/** One call that is counted: by `key`, against `perMinute` (0 = no limit); `name` is that of the limit. */
export interface LimitedCall {
  readonly name: string;
  readonly key: string;
  readonly perMinute: number;
}

/**
 * Counts calls per key and minute. GitLab's own limiter sends `Retry-After: 60` and nothing else; the `RateLimit-*` headers are
 * those that Rack::Attack adds in front of it, and their `Retry-After` is the rest of the minute.
 */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #style: 'application' | 'proxy';
  readonly #calls = new Map<string, { since: number; count: number }>();

  constructor(clock: Clock, style: 'application' | 'proxy') {
    this.#clock = clock;
    this.#style = style;
  }

  admits({ name, key, perMinute }: LimitedCall): Admission {
    if (perMinute === 0) return { kind: 'admitted' };
    const now = this.#clock.monotonic();
    const known = this.#calls.get(`${name} ${key}`);
    const window = known && now - known.since < MINUTE_MS ? known : { since: now, count: 0 };
    this.#calls.set(`${name} ${key}`, window);
    window.count++;
    if (window.count <= perMinute) return { kind: 'admitted' };
    if (this.#style === 'application') return { kind: 'limited', headers: { 'retry-after': '60' } };
    return {
      kind: 'limited',
      headers: this.#proxyHeaders({ name, perMinute, observed: window.count, leftMs: window.since + MINUTE_MS - now }),
    };
  }

  #proxyHeaders(limit: {
    readonly name: string;
    readonly perMinute: number;
    readonly observed: number;
    readonly leftMs: number;
  }): Record<string, string> {
    const reset = Math.ceil((this.#clock.now() + limit.leftMs) / 1000);
    return {
      'ratelimit-limit': String(limit.perMinute),
      'ratelimit-name': limit.name,
      'ratelimit-observed': String(limit.observed),
      'ratelimit-remaining': '0',
      'ratelimit-reset': String(reset),
      'ratelimit-resettime': new Date(reset * 1000).toUTCString(),
      'retry-after': String(Math.ceil(limit.leftMs / 1000)),
    };
  }
}
