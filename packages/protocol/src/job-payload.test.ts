import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenPayloads } from './golden-payloads.ts';
import { type JobPayload, parseJobPayload } from './job-payload.ts';

const minimal = {
  id: 1,
  token: 'glcbt-64_x',
  job_info: {},
  git_info: { repo_url: 'http://gitlab.test/a/b.git', ref: 'main', sha: 'f'.repeat(40) },
};

function jobOf(changes: Readonly<Record<string, unknown>>): JobPayload {
  const parsed = parseJobPayload(JSON.stringify({ ...minimal, ...changes }));
  if (parsed.kind === 'job') return parsed.job;
  throw new Error(parsed.problems.join('\n'));
}

function problemsOf(body: string): readonly string[] {
  const parsed = parseJobPayload(body);
  return parsed.kind === 'broken' ? parsed.problems : [];
}

describe('parseJobPayload', () => {
  it.each(['image', 'services', 'artifacts', 'cache', 'dependencies', 'hooks', 'variables', 'steps', 'runner_info', 'features', 'run'])(
    '49: null for %s is the same as its absence',
    (key) => {
      expect(jobOf({ [key]: null })).toEqual(jobOf({}));
    },
  );

  it('49: keys it does not know are dropped', () => {
    expect(jobOf({ inputs: null, credentials: [], brand_new: { deep: [1] } })).toEqual(jobOf({}));
  });

  it('48: a variable whose value is null is empty', () => {
    expect(jobOf({ variables: [{ key: 'NOTHING', value: null }] }).variables).toEqual([
      { key: 'NOTHING', value: '', public: false, masked: false, file: false, raw: false },
    ]);
  });

  it('keeps ids that a JavaScript number cannot hold', () => {
    const body = JSON.stringify(minimal).replace('"id":1', '"id":9007199254740993');
    const parsed = parseJobPayload(body);
    expect(parsed.kind === 'job' && parsed.job.id).toBe('9007199254740993');
  });

  it('keeps a job of step functions apart from one without steps', () => {
    expect(jobOf({ run: '[{"name":"one"}]' }).run).toBe('[{"name":"one"}]');
  });

  it('names every problem with its path', () => {
    const problems = problemsOf(JSON.stringify({ ...minimal, token: '', git_info: { repo_url: 7, ref: 'main' } }));
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['token', 'git_info.repo_url', 'git_info.sha']);
  });

  it.each(['', '{', 'null', '[]', '"text"', '<html></html>', '{"id":1,"id":2}'])('%j is broken', (body) => {
    expect(problemsOf(body)).not.toEqual([]);
  });

  it('never throws, whatever the body', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => problemsOf(body).length > 0));
  });

  it('survives nesting without end', () => {
    expect(problemsOf('['.repeat(200_000))).not.toEqual([]);
  });

  it.each(goldenPayloads().map(({ facts, body }) => [facts.name, body] as const))(
    '%s is the same after it was stored and read again',
    (_name, body) => {
      const once = parseJobPayload(body);
      const twice = once.kind === 'job' ? parseJobPayload(JSON.stringify(once.job)) : undefined;
      expect(twice).toEqual(once);
    },
  );
});
