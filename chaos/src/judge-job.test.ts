import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { JobEvidence } from './job-evidence.ts';
import type { JobKind } from './job-kind.ts';
import { SECRET } from './job-kinds.ts';
import { judgeJob } from './judge-job.ts';

const KIND: JobKind = { name: 'plain', share: 1, spec: () => ({}), end: { status: 'success' }, marks: ['step 1', 'step 2'], lines: 3 };
const TOMBSTONE = '{"phase":"done","jobId":"1"}';
const LINES = ['line 1 has [MASKED] in it', 'line 2 has [MASKED] in it', 'line 3 has [MASKED] in it'];

/** What is different from a job that came out as it should. */
interface Difference extends Partial<Omit<JobEvidence, 'view'>> {
  readonly lines?: readonly string[];
  readonly kind?: Partial<JobKind>;
  /** The size that was reported; null: none. */
  readonly reported?: number | null;
  /** null: none. */
  readonly checksum?: string | null;
  readonly isReported?: boolean;
  readonly failed?: string;
  readonly exitCode?: number;
}

function evidence(different: Difference): JobEvidence {
  const { lines = LINES, kind, isReported = true, failed, exitCode, reported, checksum, ...rest } = different;
  const trace = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  const sum = checksum === undefined ? `crc32:${crc32(trace).toString(16).padStart(8, '0')}` : checksum;
  const size = reported === undefined ? trace.length : reported;
  const state = failed === undefined ? 'success' : 'failed';
  const end = { ...(failed !== undefined && { failureReason: failed }), ...(exitCode !== undefined && { exitCode }) };
  const output = { ...(sum !== null && { checksum: sum }), ...(size !== null && { bytesize: size }) };
  return {
    job: { id: '1', name: 'plain-1', kind: { ...KIND, ...kind } },
    view: {
      status: state,
      ...end,
      updates: isReported ? [{ at: 0, state, answered: 200, body: {}, ...end, ...output }] : [],
      artifacts: [],
    },
    trace,
    marks: ['step 1', 'step 2'],
    record: TOMBSTONE,
    tasks: ['arn:1'],
    isTaskLost: false,
    isTruncated: false,
    findings: [],
    words: {},
    lostOnTheWay: undefined,
    ...rest,
  };
}

const judged = (different: Difference) => judgeJob(evidence(different));

describe('the verdict on a job of a chaos run', () => {
  it('is good when everything is as its kind says', () => {
    expect(judged({})).toEqual({ outcome: 'as meant', violations: [], excuses: [] });
  });

  it('is good when an empty log is reported without a size, as the protocol has it', () => {
    expect(judged({ kind: { lines: 0 }, lines: [], reported: null }).violations).toEqual([]);
  });

  it.each<[string, Difference]>([
    ['a step that ran twice', { marks: ['step 1', 'step 1', 'step 2'] }],
    ['a step that did not run', { marks: ['step 1'] }],
    ['another end', { failed: 'script_failure' }],
    ['a system failure without a lost task', { failed: 'runner_system_failure' }],
    ['a line that is missing', { lines: LINES.filter((_, at) => at !== 1) }],
    ['a line that is there twice', { lines: [...LINES, ...LINES.slice(2)] }],
    ['a log that ends too early', { lines: LINES.slice(0, 2) }],
    ['a part of the secret', { lines: [...LINES, `x${SECRET.slice(3, 12)}`] }],
    ['a section that begins twice', { lines: [...LINES, 'section_start:1:step_script', 'section_start:2:step_script'] }],
    ['a first line that is said twice', { lines: [...LINES, ...Array(2).fill('Running with fargate-gitlab-runner 1')] }],
    ['a size that is not the stored one', { reported: 3 }],
    ['a log without a size', { reported: null }],
    ['a checksum that is not the stored one', { checksum: 'crc32:00000000' }],
    ['a log without a checksum', { checksum: null }],
    ['no report', { isReported: false }],
    ['a record that is no tombstone', { record: '{"phase":"reporting"}' }],
    ['a tombstone with the payload', { record: '{"phase":"done","payload":{}}' }],
    ['a tombstone with the secret', { record: `{"phase":"done","x":"${SECRET}"}` }],
    ['an archive that GitLab does not have', { kind: { hasArchive: true } }],
    ['anything that GitLab complains of', { findings: [{ rule: 'trace-gap', detail: 'PATCH at 9, stored are 3 bytes' }] }],
  ])('is bad for %s', (_, different) => {
    const verdict = judged(different);
    expect(verdict.outcome).toBe('wrong');
    expect(verdict.violations).not.toEqual([]);
  });
});

describe('a job whose task was ended from outside', () => {
  const LOST = { failed: 'runner_system_failure', isTaskLost: true, marks: ['step 1'], lines: LINES.slice(0, 1) } as const;

  it('may fail as a system failure, with less than all of it', () => {
    expect(judged(LOST)).toEqual({ outcome: 'worker lost', violations: [], excuses: ['its task was ended from outside'] });
  });

  it('may be reported without a checksum', () => {
    const { violations, excuses } = judged({
      ...LOST,
      checksum: null,
      findings: [{ rule: 'checksum', detail: 'claimed undefined, stored crc32:1' }],
    });
    expect([violations, excuses]).toEqual([
      [],
      ['its task was ended from outside', 'what was written ahead of its log was lost with its task'],
    ]);
  });

  it('may begin anew in another one', () => {
    const lines = [...LINES, 'section_start:1:get_sources', 'section_start:2:get_sources'];
    expect(judged({ isTaskLost: true, lines })).toEqual({
      outcome: 'as meant',
      violations: [],
      excuses: ['its first task was ended from outside, and it began anew'],
    });
  });

  it.each<[string, Difference]>([
    ['between others', { lines: [LINES[0] ?? '', LINES[2] ?? ''] }],
    ['at the end', { lines: LINES.slice(0, 2) }],
  ])('may miss lines %s that GitLab forgot', (_, different) => {
    expect(judged({ ...different, isTaskLost: true, isTruncated: true })).toEqual({
      outcome: 'as meant',
      violations: [],
      excuses: ['GitLab forgot a part of its log that was lost with its task'],
    });
  });

  const CERTAIN = {
    isTaskLost: true,
    kind: { marks: ['step 1', 'after success'] },
    marks: ['step 1'],
    lines: [LINES[0] ?? '', 'WARNING: The outcome of the job was certain when its worker failed: Spot'],
  };

  it('may miss the end of its log and its after_script, when its outcome was certain and its log says so', () => {
    expect(judged(CERTAIN)).toEqual({
      outcome: 'as meant',
      violations: [],
      excuses: ['its task was ended from outside when its outcome was certain'],
    });
  });

  it.each<[string, Difference]>([
    ['a certain outcome, and its task was not lost', { ...CERTAIN, isTaskLost: false }],
    ['a certain outcome of which its log says nothing', { ...CERTAIN, lines: CERTAIN.lines.slice(0, 1) }],
    ['a certain outcome without a step of its script', { ...CERTAIN, kind: { marks: ['step 1', 'step 2', 'after success'] } }],
    ['a certain outcome, and a line is missing between others', { ...CERTAIN, lines: [...CERTAIN.lines, LINES[2] ?? ''] }],
    ['a line that is there twice, and GitLab forgot some', { isTaskLost: true, isTruncated: true, lines: [...LINES, LINES[2] ?? ''] }],
    ['lines that GitLab forgot, and its task was not lost', { isTruncated: true, lines: LINES.slice(0, 2) }],
    ['a step that ran twice', { ...LOST, marks: ['step 1', 'step 1'] }],
    ['another failure', { ...LOST, failed: 'script_failure' }],
    ['a success with less than all of its lines', { isTaskLost: true, lines: LINES.slice(0, 1) }],
    ['a success with less than all of its steps', { isTaskLost: true, marks: ['step 1'] }],
    ['a checksum that is wrong', { ...LOST, findings: [{ rule: 'checksum', detail: 'claimed crc32:00000000, stored crc32:1' }] }],
    ['a size that is wrong', { ...LOST, reported: 3 }],
    ['a line that is missing between others', { ...LOST, lines: [LINES[0] ?? '', LINES[2] ?? ''] }],
    ['a first line that is said twice', { ...LOST, lines: Array(2).fill('Running with fargate-gitlab-runner 1') }],
  ])('is not excused for %s', (_, different) => {
    expect(judged(different).outcome).toBe('wrong');
  });
});

describe('a job that GitLab was not told to run', () => {
  const TOO_SOON = [
    { rule: 'trace-before-running', detail: 'PATCH before the first PUT' },
    { rule: 'success-before-running', detail: 'never said to run' },
  ];

  it('may be heard of all the same, when its manager was not listened to', () => {
    expect(judged({ findings: TOO_SOON, words: { unannounced: '503 Service Unavailable' } })).toEqual({
      outcome: 'as meant',
      violations: [],
      excuses: ['GitLab did not take that it runs: 503 Service Unavailable'],
    });
  });

  it.each<[string, Difference]>([
    ['its manager never tried', { findings: TOO_SOON }],
    ['GitLab complains of something else', { findings: [{ rule: 'first-update', detail: 'not empty' }], words: { unannounced: '503' } }],
  ])('is not excused when %s', (_, different) => {
    expect(judged(different).outcome).toBe('wrong');
  });
});

describe('a job that could not be recorded', () => {
  const UNRECORDABLE = {
    failed: 'runner_system_failure',
    checksum: 'crc32:00000000',
    reported: null,
    lines: [],
    marks: [],
    tasks: [],
    record: undefined,
    words: { unrecordable: 'S3 PutObject: SlowDown' },
  } as const;

  it.each<[string, Difference]>([
    ['without a record', UNRECORDABLE],
    ['with the tombstone of a record that came too late', { ...UNRECORDABLE, record: TOMBSTONE }],
  ])('is failed for that: %s', (_, different) => {
    expect(judged(different)).toEqual({
      outcome: 'not recordable',
      violations: [],
      excuses: ['it could not be recorded: S3 PutObject: SlowDown'],
    });
  });

  it.each<[string, Difference]>([
    ['no manager said so', { ...UNRECORDABLE, words: {} }],
    ['it did something', { ...UNRECORDABLE, marks: ['step 1'] }],
    ['it had a task', { ...UNRECORDABLE, tasks: ['arn:1'] }],
    ['it had a log', { ...UNRECORDABLE, lines: LINES }],
    ['it failed as something else', { ...UNRECORDABLE, failed: 'script_failure' }],
    ['it had an exit code', { ...UNRECORDABLE, exitCode: 3 }],
    ['its report says something else of its log', { ...UNRECORDABLE, checksum: null }],
    ['a record is left', { ...UNRECORDABLE, record: '{"phase":"driving"}' }],
    ['GitLab complains', { ...UNRECORDABLE, findings: [{ rule: 'final-changed', detail: 'first failed, then success' }] }],
  ])('is not excused when %s', (_, different) => {
    expect(judged(different).outcome).toBe('wrong');
  });
});

describe('a job that nobody knows of', () => {
  const UNKNOWN = {
    record: undefined,
    marks: [],
    tasks: [],
    lines: [],
    isReported: false,
    lostOnTheWay: 'its manager was killed',
  } as const;

  it.each<[string, Difference]>([
    ['its manager was killed', UNKNOWN],
    ['S3 took nothing', { ...UNKNOWN, lostOnTheWay: undefined, words: { unrecordable: 'S3 took nothing' } }],
  ])('is excused when %s before it could be written down', (why, different) => {
    expect(judged(different)).toEqual({ outcome: 'never recorded', violations: [], excuses: [`nobody could write it down: ${why}`] });
  });

  it.each<[string, Difference]>([
    ['nothing was in the way', { ...UNKNOWN, lostOnTheWay: undefined }],
    ['it did something', { ...UNKNOWN, marks: ['step 1'] }],
    ['it had a task', { ...UNKNOWN, tasks: ['arn:1'] }],
    ['it had a log', { ...UNKNOWN, lines: LINES }],
    ['somebody reported it', { ...UNKNOWN, isReported: true }],
    ['GitLab complains', { ...UNKNOWN, findings: [{ rule: 'trace-gap', detail: '' }] }],
  ])('is not excused when %s', (_, different) => {
    expect(judged(different).outcome).toBe('wrong');
  });
});
