import { describe, expect, it } from 'vitest';
import { answered } from './answered.test-double.ts';
import type { VerifyVerdict } from './coordinator.ts';
import { verdictOfVerify } from './verdict-of-verify.ts';

const cause = expect.any(String);
const expiresAt = '2026-02-01T00:00:00Z';

describe('verdictOfVerify', () => {
  it.each<[string, number, unknown, VerifyVerdict]>([
    ['a runner', 200, { id: 12, token: 'glrt-x', token_expires_at: null }, { kind: 'valid', id: '12' }],
    ['a token that expires', 200, { id: 12, token_expires_at: expiresAt }, { kind: 'valid', id: '12', tokenExpiresAt: expiresAt }],
    ['JSON that is no runner', 200, { hello: 1 }, { kind: 'unavailable', cause }],
    ['45: an unknown token', 403, { message: '403 Forbidden' }, { kind: 'refused', cause }],
    ['45: an orphan may be adopted again', 422, { message: '422' }, { kind: 'unavailable', cause }],
    ['45: an outage says nothing about the token', 503, undefined, { kind: 'unavailable', cause }],
    ['45: not found says nothing about the token', 404, undefined, { kind: 'unavailable', cause }],
    ['a page instead of JSON', 200, undefined, { kind: 'unavailable', cause }],
  ])('%s', (_title, status, body, verdict) => {
    expect(verdictOfVerify(answered(status, {}, body))).toEqual(verdict);
  });

  it('an old server that only says 200', () => {
    expect(verdictOfVerify({ ...answered(200, { 'content-type': 'text/plain' }), body: '200' })).toEqual({ kind: 'valid', id: '0' });
  });

  it('no answer says nothing about the token', () => {
    expect(verdictOfVerify({ kind: 'unanswered', cause: 'refused' })).toEqual({ kind: 'unavailable', cause: 'refused' });
  });
});
