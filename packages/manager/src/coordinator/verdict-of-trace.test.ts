import { describe, expect, it } from 'vitest';
import { answered } from './answered.test-double.ts';
import type { TraceVerdict } from './coordinator.ts';
import { verdictOfTrace } from './verdict-of-trace.ts';

const interval = { 'x-gitlab-trace-update-interval': '3' };
const cause = expect.any(String);

describe('verdictOfTrace', () => {
  it.each<[string, number, Record<string, string>, TraceVerdict]>([
    ['20: 202 is accepted, whatever Range says', 202, { range: '0-7' }, { kind: 'accepted', isCanceling: false }],
    [
      '23: 202 with an interval sets the pace',
      202,
      { ...interval, 'job-status': 'running' },
      { kind: 'accepted', paceMs: 3000, isCanceling: false },
    ],
    ['33: canceling comes on top of accepted', 202, { 'job-status': 'canceling' }, { kind: 'accepted', isCanceling: true }],
    ['21: 416 goes on at the number in Range', 416, { range: '0-11' }, { kind: 'rewind', to: 11 }],
    ['21: 416 may set the pace', 416, { range: '0-0', ...interval }, { kind: 'rewind', to: 0, paceMs: 3000 }],
    ['21: 416 without Range starts again', 416, {}, { kind: 'rewind', to: 0 }],
    ['21: 416 with an odd Range starts again', 416, { range: 'bytes=0-' }, { kind: 'rewind', to: 0 }],
    ['21: 416 with a Range beyond counting starts again', 416, { range: `0-${'9'.repeat(30)}` }, { kind: 'rewind', to: 0 }],
    ['34: 403 is the end', 403, {}, { kind: 'gone', cause }],
    ['34: canceled is the end even with 202', 202, { 'job-status': 'canceled' }, { kind: 'gone', cause }],
    ['34: failed is the end even with 416', 416, { 'job-status': 'failed', range: '0-3' }, { kind: 'gone', cause }],
    ['34: canceling with 403 is the end', 403, { 'job-status': 'canceling' }, { kind: 'gone', cause }],
    ['404 is missing', 404, {}, { kind: 'missing', cause }],
    ['404 of a canceled job is the end', 404, { 'job-status': 'canceled' }, { kind: 'gone', cause }],
    ['400 failed', 400, {}, { kind: 'failed', cause }],
    ['200 is no answer to a patch', 200, {}, { kind: 'failed', cause }],
    ['502 failed', 502, {}, { kind: 'failed', cause }],
  ])('%s', (_title, status, headers, verdict) => {
    expect(verdictOfTrace(answered(status, headers))).toEqual(verdict);
  });

  it('no answer failed', () => {
    expect(verdictOfTrace({ kind: 'unanswered', cause: 'refused' })).toEqual({ kind: 'failed', cause: 'refused' });
  });
});
