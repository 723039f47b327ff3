import { describe, expect, it } from 'vitest';
import { answered } from './answered.test-double.ts';
import { waitHintOf } from './wait-hint.ts';

const now = Date.parse('Thu, 01 Jan 2026 00:00:00 GMT');
const in20s = 'Thu, 01 Jan 2026 00:00:20 GMT';

describe('waitHintOf', () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ['nothing is said', {}, undefined],
    ['seconds to wait', { 'retry-after': '7' }, 7000],
    ['a reset to come', { 'ratelimit-resettime': in20s }, 20_000],
    ['a reset in UTC', { 'ratelimit-resettime': in20s.replace('GMT', 'UTC') }, 20_000],
    ['both: the reset wins', { 'ratelimit-resettime': in20s, 'retry-after': '7' }, 20_000],
    ['a reset in the past', { 'ratelimit-resettime': 'Wed, 31 Dec 2025 23:59:59 GMT', 'retry-after': '7' }, 7000],
    ['a reset that is now', { 'ratelimit-resettime': 'Thu, 01 Jan 2026 00:00:00 GMT' }, undefined],
    ['a reset in another form', { 'ratelimit-resettime': '2026-01-01T00:00:20Z', 'retry-after': '7' }, 7000],
    ['a reset as epoch', { 'ratelimit-resettime': '1767225620' }, undefined],
    ['a date to wait for', { 'retry-after': in20s }, undefined],
    ['zero', { 'retry-after': '0' }, undefined],
    ['less than zero', { 'retry-after': '-5' }, undefined],
    ['a fraction', { 'retry-after': '1.5' }, undefined],
    ['garbage', { 'retry-after': 'soon', 'ratelimit-resettime': 'later' }, undefined],
    ['more than a minute', { 'retry-after': '3600' }, 60_000],
    ['a reset far away', { 'ratelimit-resettime': 'Fri, 02 Jan 2026 00:00:00 GMT' }, 60_000],
    ['a number without end', { 'retry-after': '9'.repeat(400) }, 60_000],
  ])('10: %s', (_title, headers, wait) => {
    expect(waitHintOf(answered(429, headers), now)).toBe(wait);
  });
});
