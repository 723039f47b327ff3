import { describe, expect, it } from 'vitest';
import { classify, classifyConnect, classifyException, classifyFailure, classifyStop } from './classification.ts';
import { CLASSIFICATION } from './classification-table.ts';
import { refused } from './scripted-ecs-gateway.test-double.ts';

const rows = CLASSIFICATION.map((row) => [row.source, row.failure.code, row.failure.retry, row.example, row] as const);

describe('classification', () => {
  it.each(rows)('%s is %s, retry %s: %s', (source, _code, _retry, example, row) => {
    const failure = classify(source, example);
    expect(failure).toEqual({ ...row.failure, cause: `${row.failure.cause} (${example})` });
  });

  it.each([
    ['failure', 'Capacity is unavailable at this time.', 'later', true],
    ['failure', 'RESOURCE:MEMORY', 'later', true],
    ['stop', 'SpotInterruption: Your Spot Task was interrupted.', 'now', false],
    ['stop', 'TerminationNotice: ', 'now', false],
    ['stop', 'InfrastructureHealth: ', 'now', false],
    ['stop', 'TaskFailedToStart: CannotPullContainerError: repository does not exist', 'give up', false],
    ['exception', 'ClientException: limit on the number of vCPUs', 'later', true],
    ['exception', 'AccessDeniedException: no', 'give up', false],
    ['exception', 'InvalidParameterException: Request limit exceeded.', 'later', false],
    ['connect', 'refused: ', 'now', false],
    ['connect', 'denied: ', 'give up', false],
  ] as const)('treats %s "%s" as retry %s, capacity %s', (source, words, retry, isCapacity) => {
    expect(classify(source, words)).toMatchObject({ retry, isCapacity });
  });

  it('has a cause and a cure of one printable line each, without a full stop', () => {
    for (const { failure } of CLASSIFICATION) {
      for (const text of [failure.cause, failure.cure]) expect(text).toMatch(/^[\x20-\x7e]{10,200}[^.]$/);
    }
  });

  it('means one thing by one code', () => {
    const meanings = new Map<string, string>();
    for (const { failure } of CLASSIFICATION) {
      const meaning = `${failure.retry} ${failure.isCapacity}`;
      expect(meanings.get(failure.code) ?? meaning).toBe(meaning);
      meanings.set(failure.code, meaning);
    }
  });

  it('reads failures, exceptions, connections and stops, containers included', () => {
    expect(classifyFailure({ arn: '', reason: 'RESOURCE:ENI', detail: '' }).code).toBe('FR_FLEET_NO_ADDRESSES');
    expect(classifyException(refused('ClusterNotFoundException', 'Cluster not found.')).code).toBe('FR_FLEET_NO_CLUSTER');
    expect(classifyConnect({ kind: 'timeout', cause: 'no answer' }).code).toBe('FR_FLEET_SSH_TIMEOUT');
    const stoppedBy = (containers: { name: string; exitCode?: number; reason: string }[]) =>
      classifyStop({ stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited', containers });
    expect(stoppedBy([{ name: 'ci-coordinator', exitCode: 137, reason: 'OutOfMemoryError: killed' }]).code).toBe('FR_FLEET_OUT_OF_MEMORY');
    expect(stoppedBy([{ name: 'ci-deadline', exitCode: 124, reason: '' }]).code).toBe('FR_FLEET_DEADLINE');
    expect(stoppedBy([{ name: 'ci-coordinator', exitCode: 1, reason: '' }])).toMatchObject({
      code: 'FR_FLEET_WORKER_EXITED',
      cause: expect.stringContaining('ci-coordinator exited 1'),
    });
  });

  it("keeps AWS's words printable and short", () => {
    const { cause } = classify('exception', `New: \u001b[31m\n${'x'.repeat(9000)}`);
    expect(cause).toMatch(/^[\x20-\x7e]+$/);
    expect(cause.length).toBeLessThan(700);
  });
});
