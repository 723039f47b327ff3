import { goldenPayloads } from '@fargate-gitlab-runner/protocol/golden';
import { describe, expect, it } from 'vitest';
import { answered } from './answered.test-double.ts';
import { verdictOfRequest } from './verdict-of-request.ts';

const body = goldenPayloads()[0]?.body ?? '';
const job201 = { ...answered(201, { 'content-type': 'application/json' }), body };

describe('verdictOfRequest', () => {
  it.each<[string, number, string]>([
    ['7: no job', 204, 'none'],
    ['7: a race lost', 409, 'none'],
    ['7: an unknown token', 403, 'refused'],
    ['7: an orphan keeps the runner healthy', 422, 'unavailable'],
    ['7: too many calls keep the runner healthy', 429, 'unavailable'],
    ['7: an outage keeps the runner healthy', 500, 'unavailable'],
    ['7: a bad gateway keeps the runner healthy', 502, 'unavailable'],
    ['7: unavailable keeps the runner healthy', 503, 'unavailable'],
    ['7: a bad request keeps the runner healthy', 400, 'unavailable'],
    ['7: a body too long keeps the runner healthy', 413, 'unavailable'],
    ['7: an answer of another kind keeps the runner healthy', 200, 'unavailable'],
  ])('%s (%i)', (_title, status, kind) => {
    expect(verdictOfRequest(answered(status)).kind).toBe(kind);
  });

  it('7: no answer keeps the runner healthy', () => {
    expect(verdictOfRequest({ kind: 'unanswered', cause: 'refused' })).toEqual({ kind: 'unavailable', cause: 'refused' });
  });

  it.each(goldenPayloads().map((each) => [each.facts.name, each] as const))('a job: %s', (_name, golden) => {
    const verdict = verdictOfRequest({ ...job201, body: golden.body });
    expect(verdict.kind === 'job' && verdict.job.id).toBe(golden.facts.jobId);
  });

  it('12: a job in a body that is not JSON by name is not run, but can be failed', () => {
    const verdict = verdictOfRequest({ ...job201, headers: { 'content-type': 'text/html' } });
    if (verdict.kind !== 'broken') throw new Error(verdict.kind);
    expect(verdict.problems).toEqual(['body: its media type is text/html, not application/json']);
    expect(verdict.salvage?.id).toBe('4101');
    expect(verdict.salvage?.token.reveal()).toBe('glcbt-64_aaaaaaaaaaaaaaaaaaaa');
  });

  it('12: parameters of the media type do no harm', () => {
    expect(verdictOfRequest({ ...job201, headers: { 'content-type': 'Application/JSON; charset=utf-8' } }).kind).toBe('job');
  });

  it('a body that ends early is broken, and what is readable of it is kept', () => {
    const verdict = verdictOfRequest({ ...job201, body: body.slice(0, 200), isWhole: false });
    expect(verdict).toMatchObject({ kind: 'broken', problems: ['body: it ends early'], salvage: { id: '4101' } });
  });

  it('a payload of a wrong shape names its problems', () => {
    const verdict = verdictOfRequest({ ...job201, body: '{"id":7,"token":"t"}' });
    expect(verdict).toMatchObject({ kind: 'broken', salvage: { id: '7' } });
    expect(verdict.kind === 'broken' && verdict.problems.join()).toContain('git_info');
  });

  it('a payload without a token is broken and lost', () => {
    expect(verdictOfRequest({ ...job201, body: '{"id":7}' })).not.toHaveProperty('salvage');
  });
});
