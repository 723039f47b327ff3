import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JobStatus } from '../coordinator/job-status.ts';
import type { When } from './pipeline.ts';
import { decisions, jobsAfter, pipelineStatus, type StagedJob } from './pipeline-run.ts';

const STAGES = ['one', 'two', 'three'];

interface Rules {
  readonly name?: string;
  readonly when?: When;
  readonly allowFailure?: boolean;
  readonly needs?: readonly string[];
}

class Staged implements StagedJob {
  status: JobStatus;
  readonly spec: StagedJob['spec'];
  readonly isAllowedToFail: boolean;

  constructor(stage: string, status: JobStatus, { name = stage, when = 'on_success', allowFailure = false, needs }: Rules = {}) {
    const edges = needs?.map((job) => ({ job, artifacts: true, optional: false }));
    this.spec = { name, stage, when, needs: edges };
    this.status = status;
    this.isAllowedToFail = allowFailure;
  }
}

/** Name and decision of each job whose turn it is. */
function decided(...jobs: readonly Staged[]): readonly string[] {
  return decisions(STAGES, jobs).map(({ job, to }) => `${job.spec.name} ${to}`);
}

test('a stage waits for every job of the stages before it', () => {
  expect(decided(new Staged('one', 'success'), new Staged('one', 'running'), new Staged('two', 'created'))).toEqual([]);
});

test.each([
  ['success', 'on_success', 'ready'],
  ['failed', 'on_success', 'skipped'],
  ['canceled', 'on_success', 'skipped'],
  ['skipped', 'on_success', 'ready'],
  ['success', 'on_failure', 'skipped'],
  ['failed', 'on_failure', 'ready'],
  ['canceled', 'on_failure', 'skipped'],
  ['success', 'always', 'ready'],
  ['failed', 'always', 'ready'],
  ['canceled', 'always', 'skipped'],
  ['success', 'manual', 'manual'],
  ['failed', 'manual', 'skipped'],
  ['success', 'delayed', 'scheduled'],
] as const)('after %s, a job with when: %s is %s', (before, when, after) => {
  expect(decided(new Staged('one', before), new Staged('two', 'created', { when }))).toEqual([`two ${after}`]);
});

test('a failure that is allowed stops nothing and does not count', () => {
  const failed = new Staged('one', 'failed', { allowFailure: true });
  const jobs = [failed, new Staged('two', 'created'), new Staged('two', 'created', { name: 'rescue', when: 'on_failure' })];
  expect(decided(...jobs)).toEqual(['two ready', 'rescue skipped']);
  expect(pipelineStatus([failed, new Staged('one', 'success')])).toBe('success');
});

test('a manual job that may fail is passed by; one that may not blocks the stages after it', () => {
  const later = new Staged('two', 'created');
  expect(decided(new Staged('one', 'manual', { when: 'manual', allowFailure: true }), later)).toEqual(['two ready']);
  expect(decided(new Staged('one', 'manual', { when: 'manual' }), later)).toEqual([]);
});

test('a job with needs waits for these alone, in whatever stage; without any it starts at once', () => {
  const slow = new Staged('one', 'running', { name: 'slow' });
  const quick = new Staged('one', 'success', { name: 'quick' });
  const needy = new Staged('three', 'created', { needs: ['quick'] });
  expect(decided(slow, quick, needy)).toEqual(['three ready']);
  expect(decided(slow, quick, new Staged('three', 'created', { needs: ['quick', 'slow'] }))).toEqual([]);
  expect(decided(slow, quick, new Staged('three', 'created', { needs: [] }))).toEqual(['three ready']);
});

test.each([
  ['skipped', {}],
  ['manual', { when: 'manual', allowFailure: true }],
] as const)('a job that needs one that is %s does not run', (status, rules) => {
  const first = new Staged('one', status, { name: 'first', ...rules });
  expect(decided(first, new Staged('two', 'created', { needs: ['first'] }))).toEqual(['two skipped']);
});

test.each([
  [['created', 'created'], 'created'],
  [['pending', 'created'], 'pending'],
  [['success', 'pending'], 'running'],
  [['running', 'created'], 'running'],
  [['canceling', 'running'], 'canceling'],
  [['success', 'manual', 'created'], 'manual'],
  [['success', 'scheduled', 'created'], 'scheduled'],
  [['running', 'manual'], 'running'],
  [['success', 'waiting_for_resource'], 'waiting_for_resource'],
  [['success', 'skipped'], 'success'],
  [['skipped', 'skipped'], 'skipped'],
  [['success', 'failed'], 'failed'],
  [['canceled', 'failed'], 'failed'],
  [['canceled', 'success'], 'canceled'],
] as const)('jobs that are %j make a pipeline that is %s', (statuses, whole) => {
  expect(pipelineStatus(statuses.map((status) => new Staged('one', status)))).toBe(whole);
});

test('a pipeline in which only optional manual jobs are left is a success', () => {
  expect(pipelineStatus([new Staged('one', 'success'), new Staged('two', 'manual', { allowFailure: true })])).toBe('success');
});

test('what comes after a job is what waits for it, directly or through others', () => {
  const a = new Staged('one', 'manual', { name: 'a' });
  const b = new Staged('two', 'skipped', { name: 'b', needs: ['a'] });
  const c = new Staged('two', 'skipped', { name: 'c', needs: [] });
  const d = new Staged('three', 'skipped', { name: 'd', needs: ['b'] });
  const e = new Staged('two', 'skipped', { name: 'e' });
  expect(
    jobsAfter(a, STAGES, [a, b, c, d, e])
      .map(({ spec }) => spec.name)
      .sort(),
  ).toEqual(['b', 'd', 'e']);
});

test('however the jobs end, all of them end, and none starts before what it waits for', () => {
  const job = fc.record({
    stage: fc.constantFrom(...STAGES),
    when: fc.constantFrom('on_success', 'on_failure', 'always', 'manual', 'delayed'),
    allowFailure: fc.boolean(),
    end: fc.constantFrom('success', 'failed', 'canceled'),
    needs: fc.option(fc.array(fc.nat(7), { maxLength: 3 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(job, { minLength: 1, maxLength: 8 }), (specs) => {
      const jobs = specs.map(({ stage, needs, ...rules }, index) => {
        const isEarlier = (need: number) => need < index && STAGES.indexOf(specs[need]?.stage ?? '') <= STAGES.indexOf(stage);
        const earlier = needs?.filter(isEarlier).map((need) => `job${need}`);
        return new Staged(stage, 'created', { ...rules, name: `job${index}`, ...(earlier ? { needs: earlier } : {}) });
      });
      for (let made = decisions(STAGES, jobs); made.length > 0; made = decisions(STAGES, jobs)) {
        for (const { job: each, to } of made) {
          const { needs, stage } = each.spec;
          const waitsFor = jobs.filter(({ spec }) =>
            needs ? needs.some((need) => need.job === spec.name) : STAGES.indexOf(spec.stage) < STAGES.indexOf(stage),
          );
          if (to !== 'skipped' && each.spec.when !== 'always') expect(waitsFor.filter((other) => other.status === 'created')).toEqual([]);
          each.status = to === 'skipped' ? 'skipped' : (specs[jobs.indexOf(each)]?.end ?? 'success');
        }
      }
      expect(['success', 'failed', 'canceled', 'skipped']).toContain(pipelineStatus(jobs));
    }),
  );
});
