import { describe, expect, it } from 'vitest';
import { answered } from './answered.test-double.ts';
import type { UpdateVerdict } from './coordinator.ts';
import { verdictOfUpdate } from './verdict-of-update.ts';

const interval = { 'x-gitlab-trace-update-interval': '1' };
const cause = expect.any(String);

describe('verdictOfUpdate', () => {
  it.each<[string, number, Record<string, string>, UpdateVerdict]>([
    ['200 is accepted', 200, { 'job-status': 'success' }, { kind: 'accepted', isCanceling: false }],
    ['23: 200 with an interval sets the pace', 200, interval, { kind: 'accepted', paceMs: 1000, isCanceling: false }],
    ['15: canceling is said', 200, { 'job-status': 'canceling' }, { kind: 'accepted', isCanceling: true }],
    ['29: 202 is to be asked again', 202, interval, { kind: 'pending', paceMs: 1000 }],
    ['29: 202 with an interval that is no whole number', 202, { 'x-gitlab-trace-update-interval': '1.3' }, { kind: 'pending' }],
    ['30: 412 wants the trace again', 412, {}, { kind: 'rejected' }],
    ['14: 403 is the end', 403, {}, { kind: 'gone', cause }],
    ['14: 404 is the end', 404, {}, { kind: 'gone', cause }],
    ['14: 200 of a canceled job is the end', 200, { 'job-status': 'canceled' }, { kind: 'gone', cause }],
    ['14: 200 of a failed job is the end', 200, { 'job-status': 'failed' }, { kind: 'gone', cause }],
    ['31: 202 of a failed job is the end', 202, { 'job-status': 'failed' }, { kind: 'gone', cause }],
    ['16: 409 failed', 409, {}, { kind: 'failed', cause }],
    ['16: 400 failed', 400, {}, { kind: 'failed', cause }],
    ['16: 500 failed', 500, {}, { kind: 'failed', cause }],
  ])('%s', (_title, status, headers, verdict) => {
    expect(verdictOfUpdate(answered(status, headers), 'running')).toEqual(verdict);
  });

  it.each(['success', 'failed', 'canceled'])('31: a final report is taken with 200, also when the job is %s by it', (status) => {
    expect(verdictOfUpdate(answered(200, { 'job-status': status }), 'failed')).toEqual({ kind: 'accepted', isCanceling: false });
  });

  it('16: no answer failed', () => {
    expect(verdictOfUpdate({ kind: 'unanswered', cause: 'refused' }, 'success')).toEqual({ kind: 'failed', cause: 'refused' });
  });
});
