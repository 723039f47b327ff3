import { describe, expect, it } from 'vitest';
import { AFTER_SCRIPT_MS, scriptTimeouts } from '../../shell/script-timeouts.ts';
import type { PlannedStage } from '../../shell/stage-plan.ts';
import type { RecordedStage } from '../../store/job-record.ts';
import { retryPauseMs } from '../retry-pause.ts';
import { stageDeadline } from './stage-deadline.ts';

const NOW = 1_000_000;
const HOUR = 3_600_000;
const stage = (kind: PlannedStage['kind']): PlannedStage => ({ name: 'step_script', heading: '', kind, attempts: 1 });
const variable = (key: string, value: string) => ({ key, value, isFile: false, isMasked: false, isRaw: false });

function deadline(kind: PlannedStage['kind'], of: { script?: string; after?: string; leftMs?: number; done?: RecordedStage[] }) {
  const { script = '', after = '', leftMs = HOUR, done = [] } = of;
  const timeouts = scriptTimeouts([variable('RUNNER_SCRIPT_TIMEOUT', script), variable('RUNNER_AFTER_SCRIPT_TIMEOUT', after)]);
  return stageDeadline(stage(kind), { now: NOW, jobDeadlineAt: NOW + leftMs, timeouts, done });
}

describe('until when a stage may run', () => {
  it('user steps have the time of the job, and less when the author says so', () => {
    expect(deadline('user', {})).toEqual({ deadlineAt: NOW + HOUR, limit: 'job' });
    expect(deadline('user', { script: '90s' })).toEqual({ deadlineAt: NOW + 90_000, limit: 'script' });
    expect(deadline('predefined', { script: '90s' })).toEqual({ deadlineAt: NOW + HOUR, limit: 'job' });
  });

  it('all user steps together have that time: a later one gets the deadline of the first', () => {
    const first: RecordedStage = { stage: 'step_script', attempt: 1, deadlineAt: NOW + 7, limit: 'script' };
    expect(deadline('user', { script: '90s', done: [first] })).toEqual({ deadlineAt: NOW + 7, limit: 'script' });
  });

  it('50. after_script has five minutes, or what the author says', () => {
    expect(deadline('after', {})).toEqual({ deadlineAt: NOW + AFTER_SCRIPT_MS, limit: 'after_script' });
    expect(deadline('after', { after: '20m' })).toEqual({ deadlineAt: NOW + 1_200_000, limit: 'after_script' });
    expect(deadline('after', { leftMs: 10_000 })).toEqual({ deadlineAt: NOW + 10_000, limit: 'job' });
  });

  it('a timeout longer than what the job has left is its default, and is told', () => {
    expect(deadline('user', { script: '2h' })).toMatchObject({ deadlineAt: NOW + HOUR, limit: 'job', warning: expect.any(String) });
    const after = deadline('after', { after: '2h' });
    expect(after).toMatchObject({ deadlineAt: NOW + AFTER_SCRIPT_MS, limit: 'after_script' });
    expect(after.warning).toContain('RUNNER_AFTER_SCRIPT_TIMEOUT is longer than the time that is left to the job; 5m');
  });

  it.each(['5', 'soon', '-1s', '1h 5m'])('a malformed timeout (%s) is its default, and is told at the head', (text) => {
    const timeouts = scriptTimeouts([variable('RUNNER_SCRIPT_TIMEOUT', text), variable('RUNNER_AFTER_SCRIPT_TIMEOUT', text)]);
    expect(timeouts).toMatchObject({ scriptMs: undefined, afterScriptMs: AFTER_SCRIPT_MS });
    expect(timeouts.warnings).toHaveLength(2);
  });

  it.each(['', '0', '0s'])('nothing and zero (%j) are the default without a word', (text) => {
    expect(scriptTimeouts([variable('RUNNER_SCRIPT_TIMEOUT', text)])).toEqual({
      scriptMs: undefined,
      afterScriptMs: AFTER_SCRIPT_MS,
      warnings: [],
    });
  });
});

describe('the wait before another try', () => {
  it('7. doubles from 5 s to 5 min', () => {
    expect([2, 3, 4, 8, 9, 10].map((attempt) => retryPauseMs(attempt, true))).toEqual([5000, 10_000, 20_000, 300_000, 300_000, 300_000]);
  });

  it('is 1, 2, 4, 5, 5 s with the feature flag off', () => {
    expect([2, 3, 4, 5, 6, 10].map((attempt) => retryPauseMs(attempt, false))).toEqual([1000, 2000, 4000, 5000, 5000, 5000]);
  });
});
