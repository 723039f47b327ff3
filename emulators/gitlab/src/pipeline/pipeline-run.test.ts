import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JobStatus } from '../coordinator/job-status.ts';
import type { When } from './pipeline.ts';
import { advanceStages, pipelineStatus, type StagedJob } from './pipeline-run.ts';

const STAGES = ['one', 'two', 'three'];

class Staged implements StagedJob {
  status: JobStatus;
  readonly spec: StagedJob['spec'];

  constructor(stage: string, status: JobStatus, rules: { readonly when?: When; readonly allowFailure?: boolean } = {}) {
    this.spec = { stage, when: rules.when ?? 'on_success', allowFailure: rules.allowFailure ?? false };
    this.status = status;
  }

  move(to: 'pending' | 'skipped'): void {
    this.status = to;
  }
}

test('a stage waits for every job of the stages before it', () => {
  const jobs = [new Staged('one', 'success'), new Staged('one', 'running'), new Staged('two', 'created')];
  expect(advanceStages(STAGES, jobs)).toBe(false);
  expect(jobs[2]?.status).toBe('created');
});

test.each([
  ['success', 'on_success', 'pending'],
  ['failed', 'on_success', 'skipped'],
  ['canceled', 'on_success', 'skipped'],
  ['skipped', 'on_success', 'pending'],
  ['success', 'on_failure', 'skipped'],
  ['failed', 'on_failure', 'pending'],
  ['canceled', 'on_failure', 'skipped'],
  ['success', 'always', 'pending'],
  ['failed', 'always', 'pending'],
  ['success', 'manual', 'skipped'],
] as const)('after %s, a job with when: %s is %s', (before, when, after) => {
  const next = new Staged('two', 'created', { when });
  advanceStages(STAGES, [new Staged('one', before), next]);
  expect(next.status).toBe(after);
});

test('a failure that is allowed stops nothing and does not count', () => {
  const jobs = [
    new Staged('one', 'failed', { allowFailure: true }),
    new Staged('two', 'created'),
    new Staged('two', 'created', { when: 'on_failure' }),
  ];
  advanceStages(STAGES, jobs);
  expect(jobs.map(({ status }) => status)).toEqual(['failed', 'pending', 'skipped']);
  expect(pipelineStatus([new Staged('one', 'failed', { allowFailure: true }), new Staged('one', 'success')])).toBe('success');
});

test.each([
  [['created', 'created'], 'created'],
  [['pending', 'created'], 'pending'],
  [['success', 'pending'], 'running'],
  [['running', 'created'], 'running'],
  [['canceling', 'running'], 'canceling'],
  [['success', 'skipped'], 'success'],
  [['skipped', 'skipped'], 'skipped'],
  [['success', 'failed'], 'failed'],
  [['canceled', 'failed'], 'failed'],
  [['canceled', 'success'], 'canceled'],
] as const)('jobs that are %j make a pipeline that is %s', (statuses, whole) => {
  expect(pipelineStatus(statuses.map((status) => new Staged('one', status)))).toBe(whole);
});

test('however the jobs end, all of them end, stage by stage', () => {
  const job = fc.record({
    stage: fc.constantFrom(...STAGES),
    when: fc.constantFrom('on_success', 'on_failure', 'always', 'manual'),
    allowFailure: fc.boolean(),
    end: fc.constantFrom('success', 'failed', 'canceled'),
  });
  fc.assert(
    fc.property(fc.array(job, { minLength: 1, maxLength: 8 }), (specs) => {
      const jobs = specs.map((spec) => ({ spec, staged: new Staged(spec.stage, 'created', spec) }));
      const staged = jobs.map((each) => each.staged);
      const started: number[] = [];
      while (advanceStages(STAGES, staged)) {
        for (const { spec, staged: each } of jobs) {
          if (each.status !== 'pending') continue;
          started.push(STAGES.indexOf(spec.stage));
          each.status = spec.end;
        }
      }
      expect(started).toEqual([...started].sort());
      expect(['success', 'failed', 'canceled', 'skipped']).toContain(pipelineStatus(staged));
    }),
  );
});
