import { ManualClock } from '@fargate-gitlab-runner/kernel';
import { expect, test } from 'vitest';
import { RateLimiter } from './rate-limiter.ts';
import { GITLAB_RATE_LIMITS } from './settings.ts';

test('70 the documented defaults', () => {
  expect(GITLAB_RATE_LIMITS).toEqual({ requestPerMinute: 2000, tracePerMinute: 200, jobPerMinute: 200 });
});

test('70 a limit counts by its name and key, and the proxy says when the minute is over', async () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter(clock, 'proxy');
  const call = { name: 'runner_jobs_api', key: 'a', perMinute: 1 };
  expect(limiter.admits(call).kind).toBe('admitted');
  await clock.advance(20_000);
  expect([limiter.admits({ ...call, key: 'b' }).kind, limiter.admits({ ...call, name: 'other' }).kind]).toEqual(['admitted', 'admitted']);
  const reset = clock.now() + 40_000;
  expect(limiter.admits(call)).toEqual({
    kind: 'limited',
    headers: {
      'ratelimit-limit': '1',
      'ratelimit-name': 'runner_jobs_api',
      'ratelimit-observed': '2',
      'ratelimit-remaining': '0',
      'ratelimit-reset': String(reset / 1000),
      'ratelimit-resettime': new Date(reset).toUTCString(),
      'retry-after': '40',
    },
  });
  await clock.advance(40_000);
  expect(limiter.admits(call).kind).toBe('admitted');
});
