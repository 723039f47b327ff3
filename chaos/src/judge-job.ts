import { crc32 } from 'node:zlib';
import type { JobView } from '@fargate-gitlab-runner/emulator-gitlab';
import { traceLines } from '@fargate-gitlab-runner/testkit';
import { SECRET } from './job-kinds.ts';
import type { LoadedJob } from './load.ts';

/** So many characters of the secret in a row give it away. */
const TELLING = 8;
const MASKED_LINE = /^line (\d+) has \[MASKED\] in it$/;

/** What there is to see of a job when all is over. */
export interface JobEvidence {
  readonly job: LoadedJob;
  readonly view: Pick<JobView, 'status' | 'failureReason' | 'exitCode' | 'updates' | 'artifacts'>;
  readonly trace: Buffer;
  readonly marks: readonly string[];
  /** The text of its record or tombstone; undefined when there never was one. */
  readonly record: string | undefined;
  readonly tasks: readonly string[];
  /** One of its tasks was ended from outside. */
  readonly isTaskLost: boolean;
}

/** How a job came out: as its kind says; as a system failure that the run has caused; not recorded at all; or wrongly. */
export interface JobVerdict {
  readonly outcome: 'as meant' | 'worker lost' | 'never recorded' | 'wrong';
  readonly violations: readonly string[];
}

/** Compares what a job did and what GitLab heard of it with what its kind says. */
export function judgeJob(evidence: JobEvidence): JobVerdict {
  const { view, marks, record, tasks } = evidence;
  if (record === undefined) {
    const violations = [
      ...(marks.length > 0 ? [`it has no record, but it did: ${marks.join(', ')}`] : []),
      ...(tasks.length > 0 ? [`it has no record, but a task: ${tasks.join(', ')}`] : []),
    ];
    return { outcome: violations.length > 0 ? 'wrong' : 'never recorded', violations };
  }
  const isExcused = evidence.isTaskLost && view.failureReason === 'runner_system_failure';
  const violations = [
    ...endProblems(evidence, isExcused),
    ...reportProblems(evidence),
    ...markProblems(evidence, isExcused),
    ...traceProblems(evidence, isExcused),
    ...recordProblems(record),
    ...archiveProblems(evidence, isExcused),
  ];
  if (violations.length > 0) return { outcome: 'wrong', violations };
  return { outcome: isExcused ? 'worker lost' : 'as meant', violations };
}

function endProblems({ job, view }: JobEvidence, isExcused: boolean): string[] {
  const { end } = job.kind;
  // GitLab gives a canceled job the reason of whatever report ended it.
  const isSameReason = end.status === 'canceled' || view.failureReason === end.failureReason;
  const isAsMeant = view.status === end.status && isSameReason && (view.exitCode ?? 0) === (end.exitCode ?? 0);
  if (isAsMeant || isExcused) return [];
  return [`it ended as ${endText(view)}, not as ${endText(end)}`];
}

function endText({ status, failureReason, exitCode }: Pick<JobView, 'status' | 'failureReason' | 'exitCode'>): string {
  return [status, failureReason, exitCode].filter((part) => part !== undefined).join(' ');
}

/**
 * One report, however often it was sent: same state, reason, checksum and size. With a worker that was lost the manager may have lost what it
 * had sent, and names no checksum then.
 */
function reportProblems({ view, trace, isTaskLost }: JobEvidence): string[] {
  const finals = view.updates.filter(({ state }) => state !== 'running');
  const texts = new Set(finals.map(({ state, failureReason, exitCode }) => JSON.stringify([state, failureReason, exitCode])));
  const last = finals.at(-1);
  if (!last) return ['nobody reported it'];
  const checksum = `crc32:${crc32(trace).toString(16).padStart(8, '0')}`;
  return [
    ...(texts.size > 1 ? [`it was reported in different ways: ${[...texts].join(' and ')}`] : []),
    ...((last.checksum === checksum || (isTaskLost && last.checksum === undefined)) && last.bytesize === trace.length
      ? []
      : [`its trace has ${trace.length} bytes (${checksum}), reported were ${last.bytesize} (${last.checksum})`]),
  ];
}

/** Each step once, in order, all of them unless something excuses it. */
function markProblems({ job, marks }: JobEvidence, isExcused: boolean): string[] {
  const expected = job.kind.marks;
  const mayMiss = isExcused || job.kind.isCutShort;
  const isInOrder = marks.every((mark, at) => mark === expected[at]);
  if (isInOrder && (mayMiss || marks.length === expected.length)) return [];
  return [`it did ${marks.join(', ') || 'nothing'}, not ${expected.join(', ')}`];
}

function traceProblems({ job, trace, isTaskLost }: JobEvidence, isExcused: boolean): string[] {
  const text = trace.toString('latin1');
  const parts = Array.from({ length: SECRET.length - TELLING + 1 }, (_, at) => SECRET.slice(at, at + TELLING));
  const told = parts.filter((part) => text.includes(part));
  return [
    ...(told.length > 0 ? [`its trace tells parts of the secret: ${told.length}`] : []),
    ...lineProblems(job, traceLines(trace), isExcused),
    // A job that was placed again prepares its second worker as it did the first.
    ...(isTaskLost ? [] : sectionProblems(text)),
  ];
}

function lineProblems({ kind }: LoadedJob, lines: readonly string[], isExcused: boolean): string[] {
  const numbers = lines.flatMap((line) => MASKED_LINE.exec(line)?.[1] ?? []).map(Number);
  const wrong = numbers.findIndex((number, at) => (kind.losesLines ? number <= (numbers[at - 1] ?? 0) : number !== at + 1));
  const isShort = numbers.length < kind.lines && !(isExcused || kind.isCutShort || kind.losesLines);
  return [
    ...(wrong >= 0 ? [`numbered line ${numbers[wrong]} comes after ${numbers[wrong - 1] ?? 'nothing'}`] : []),
    ...(isShort ? [`its trace has ${numbers.length} numbered lines of ${kind.lines}`] : []),
  ];
}

/** The manager's own lines are said once, whoever says them. */
function sectionProblems(text: string): string[] {
  const starts = [...text.matchAll(/section_start:\d+:(\w+)/g)].map(([, name]) => name);
  const twice = starts.filter((name, at) => starts.indexOf(name) !== at);
  const preparations = text.split('Running with fargate-gitlab-runner').length - 1;
  return [
    ...(twice.length > 0 ? [`sections begin twice: ${twice.join(', ')}`] : []),
    ...(preparations > 1 ? [`its first line is said ${preparations} times`] : []),
  ];
}

function recordProblems(record: string): string[] {
  if (!record.includes('"phase":"done"')) return ['its record is no tombstone'];
  const secrets = ['payload', 'PRIVATE KEY', SECRET.slice(0, TELLING)].filter((word) => record.includes(word));
  return secrets.map((word) => `its tombstone has ${word === SECRET.slice(0, TELLING) ? 'the secret' : word} in it`);
}

/** The archive is stored once, whoever sent it how often. */
function archiveProblems({ job, view }: JobEvidence, isExcused: boolean): string[] {
  const archives = view.artifacts.filter(({ type, size }) => type === 'archive' && size > 0).length;
  const isRight = archives === (job.kind.hasArchive ? 1 : 0) || (isExcused && archives === 0);
  return isRight ? [] : [`GitLab has ${archives} archives of its artifacts`];
}
