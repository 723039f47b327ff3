import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { JobKind } from './job-kind.ts';
import { SECRET } from './job-kinds.ts';
import { type JobEvidence, judgeJob } from './judge-job.ts';

const KIND: JobKind = { name: 'plain', share: 1, spec: () => ({}), end: { status: 'success' }, marks: ['step 1', 'step 2'], lines: 3 };
const TOMBSTONE = '{"phase":"done","jobId":"1"}';
const LINES = ['line 1 has [MASKED] in it', 'line 2 has [MASKED] in it', 'line 3 has [MASKED] in it'];

/** What is different from a job that came out as it should. */
interface Difference extends Partial<Omit<JobEvidence, 'view'>> {
  readonly lines?: readonly string[];
  readonly kind?: Partial<JobKind>;
  /** The size that was reported. */
  readonly reported?: number;
  readonly isReported?: boolean;
  readonly failed?: string;
}

function evidence(different: Difference): JobEvidence {
  const { lines = LINES, kind, reported, isReported = true, failed, ...rest } = different;
  const trace = Buffer.from(`${lines.join('\n')}\n`);
  const checksum = `crc32:${crc32(trace).toString(16).padStart(8, '0')}`;
  const state = failed === undefined ? 'success' : 'failed';
  const report = { at: 0, state, answered: 200, body: {}, checksum, bytesize: reported ?? trace.length };
  return {
    job: { id: '1', name: 'plain-1', kind: { ...KIND, ...kind } },
    view: { status: state, ...(failed !== undefined && { failureReason: failed }), updates: isReported ? [report] : [], artifacts: [] },
    trace,
    marks: ['step 1', 'step 2'],
    record: TOMBSTONE,
    tasks: ['arn:1'],
    isTaskLost: false,
    ...rest,
  };
}

describe('the verdict on a job of a chaos run', () => {
  it('is good when everything is as its kind says', () => {
    expect(judgeJob(evidence({}))).toEqual({ outcome: 'as meant', violations: [] });
  });

  it.each<[string, JobEvidence]>([
    ['a step that ran twice', evidence({ marks: ['step 1', 'step 1', 'step 2'] })],
    ['a step that did not run', evidence({ marks: ['step 1'] })],
    ['another end', evidence({ failed: 'script_failure' })],
    ['a system failure without a lost task', evidence({ failed: 'runner_system_failure' })],
    [
      'a step that ran twice in a job whose worker was lost',
      evidence({ failed: 'runner_system_failure', isTaskLost: true, marks: ['step 1', 'step 1'] }),
    ],
    ['a line that is missing', evidence({ lines: LINES.filter((_, at) => at !== 1) })],
    ['a line that is there twice', evidence({ lines: [...LINES, ...LINES.slice(2)] })],
    ['a log that ends too early', evidence({ lines: LINES.slice(0, 2) })],
    ['a part of the secret', evidence({ lines: [...LINES, `x${SECRET.slice(3, 12)}`] })],
    ['a size that is not the stored one', evidence({ reported: 3 })],
    ['no report', evidence({ isReported: false })],
    ['a record that is no tombstone', evidence({ record: '{"phase":"reporting"}' })],
    ['a tombstone with the payload', evidence({ record: '{"phase":"done","payload":{}}' })],
    ['an archive that GitLab does not have', evidence({ kind: { hasArchive: true } })],
    ['no record, but a task', evidence({ record: undefined, marks: [] })],
    ['no record, but a step', evidence({ record: undefined, tasks: [] })],
  ])('is bad for %s', (_, seen) => {
    const verdict = judgeJob(seen);
    expect(verdict.outcome).toBe('wrong');
    expect(verdict.violations).not.toEqual([]);
  });

  it('excuses a system failure of a job whose task was ended from outside', () => {
    const seen = evidence({ failed: 'runner_system_failure', isTaskLost: true, marks: ['step 1'], lines: LINES.slice(0, 1) });
    expect(judgeJob(seen)).toEqual({ outcome: 'worker lost', violations: [] });
  });

  it('counts a job that nobody wrote down and nobody began', () => {
    expect(judgeJob(evidence({ record: undefined, marks: [], tasks: [] }))).toEqual({ outcome: 'never recorded', violations: [] });
  });
});
