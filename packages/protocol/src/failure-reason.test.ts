import { describe, expect, it } from 'vitest';
import { FAILURE_REASONS, type FailureReason, reasonFor } from './failure-reason.ts';

describe('28: the failure reason that GitLab is told', () => {
  it.each<[FailureReason, FailureReason]>([
    ['script_failure', 'script_failure'],
    ['runner_system_failure', 'runner_system_failure'],
    ['job_execution_timeout', 'job_execution_timeout'],
    ['image_pull_failure', 'runner_system_failure'],
    ['runner_configuration_error', 'script_failure'],
    ['runner_external_dependency_failure', 'runner_system_failure'],
    ['runner_interrupted', 'unknown_failure'],
    ['job_canceled', 'unknown_failure'],
    ['unknown_failure', 'unknown_failure'],
  ])('28: %s becomes %s at a GitLab that lists none', (reason, told) => {
    expect(reasonFor(reason, [])).toBe(told);
  });

  it.each(FAILURE_REASONS)('28: %s stays what it is where GitLab lists it', (reason) => {
    expect(reasonFor(reason, [reason])).toBe(reason);
  });

  it('28: a reason that GitLab alone knows changes nothing', () => {
    expect(reasonFor('job_canceled', ['data_integrity_failure'])).toBe('unknown_failure');
  });
});
