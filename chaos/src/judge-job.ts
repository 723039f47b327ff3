import { crc32 } from 'node:zlib';
import type { JobView } from '@fargate-gitlab-runner/emulator-gitlab';
import { Excuses } from './excuses.ts';
import type { JobEvidence } from './job-evidence.ts';
import { AFTER } from './job-kind.ts';
import { logProblems, toldPart } from './judge-log.ts';

/** How a job can come out; `wrong` is the only one that is somebody's fault. */
export const OUTCOMES = ['as meant', 'worker lost', 'not recordable', 'never recorded', 'wrong'] as const;

/**
 * How a job came out: as its kind says; as a system failure because its task was ended from outside; failed because it could not be recorded;
 * unknown to everybody; or wrongly. `excuses`: what was forgiven, and why.
 */
export interface JobVerdict {
  readonly outcome: (typeof OUTCOMES)[number];
  readonly violations: readonly string[];
  readonly excuses: readonly string[];
}

/** Compares what a job did and what GitLab heard of it with what its kind says. */
export function judgeJob(evidence: JobEvidence): JobVerdict {
  const excuses = new Excuses(evidence);
  const verdict = (outcome: JobVerdict['outcome'], violations: readonly string[]): JobVerdict => ({
    outcome: violations.length > 0 ? 'wrong' : outcome,
    violations,
    excuses: excuses.needed,
  });
  if (excuses.unrecordable()) return verdict('not recordable', unrecordableProblems(evidence));
  if (evidence.record === undefined) return verdict('never recorded', unknownProblems(evidence, excuses));
  const violations = [
    ...endProblems(evidence, excuses),
    ...reportProblems(evidence, excuses),
    ...markProblems(evidence, excuses),
    ...logProblems(evidence, excuses),
    ...recordProblems(evidence.record),
    ...archiveProblems(evidence, excuses),
    ...findingProblems(evidence, excuses),
  ];
  return verdict(isSameEnd(evidence) ? 'as meant' : 'worker lost', violations);
}

/** It was failed, and that is all: one report that says so of an empty log, and at most a tombstone of a record that came too late. */
function unrecordableProblems(evidence: JobEvidence): string[] {
  const { record, findings, view } = evidence;
  const said = finalUpdates(view).map(({ state, failureReason, checksum, bytesize }) =>
    [state, failureReason, checksum, bytesize].join(' '),
  );
  const isSaid = said.length > 0 && said.every((each) => each.trim() === 'failed runner_system_failure crc32:00000000');
  return [
    ...(isSaid ? [] : [`it could not be recorded, and was reported as ${said.join(' and ') || 'nothing'}`]),
    ...(record === undefined ? [] : recordProblems(record)),
    ...findings.map(complaint),
  ];
}

function unknownProblems({ marks, tasks, trace, view, findings }: JobEvidence, excuses: Excuses): string[] {
  const isReported = finalUpdates(view).length > 0;
  return [
    ...(marks.length > 0 ? [`it has no record, but it did: ${marks.join(', ')}`] : []),
    ...(tasks.length > 0 ? [`it has no record, but a task: ${tasks.join(', ')}`] : []),
    ...(trace.length > 0 ? [`it has no record, but a trace of ${trace.length} bytes`] : []),
    ...(isReported ? ['it has no record, but was reported'] : []),
    ...findings.map(complaint),
    ...(excuses.neverHeardOf() ? [] : ['it has no record, and nothing was in the way of one']),
  ];
}

function isSameEnd({ job, view }: JobEvidence): boolean {
  const { end } = job.kind;
  // GitLab gives a canceled job the reason of whatever report ended it.
  const isSameReason = end.status === 'canceled' || view.failureReason === end.failureReason;
  return view.status === end.status && isSameReason && (view.exitCode ?? 0) === (end.exitCode ?? 0);
}

function endProblems(evidence: JobEvidence, excuses: Excuses): string[] {
  if (isSameEnd(evidence) || excuses.endedEarly()) return [];
  return [`it ended as ${endText(evidence.view)}, not as ${endText(evidence.job.kind.end)}`];
}

function endText({ status, failureReason, exitCode }: Pick<JobView, 'status' | 'failureReason' | 'exitCode'>): string {
  return [status, failureReason, exitCode].filter((part) => part !== undefined).join(' ');
}

function finalUpdates({ updates }: Pick<JobView, 'updates'>) {
  return updates.filter(({ state }) => state !== 'running');
}

/** One report, however often it was sent: same state, reason, checksum and size. An empty log has no size: the protocol leaves a zero out. */
function reportProblems({ view, trace }: JobEvidence, excuses: Excuses): string[] {
  const finals = finalUpdates(view);
  const texts = new Set(finals.map(({ state, failureReason, exitCode }) => JSON.stringify([state, failureReason, exitCode])));
  const last = finals.at(-1);
  if (!last) return ['nobody reported it'];
  const checksum = `crc32:${crc32(trace).toString(16).padStart(8, '0')}`;
  const isSummed = last.checksum === checksum || (last.checksum === undefined && excuses.noChecksum());
  return [
    ...(texts.size > 1 ? [`it was reported in different ways: ${[...texts].join(' and ')}`] : []),
    ...(isSummed && (last.bytesize ?? 0) === trace.length
      ? []
      : [`its trace has ${trace.length} bytes (${checksum}), reported were ${last.bytesize} (${last.checksum})`]),
  ];
}

/** Each step once, in order, all of them unless something excuses it. */
function markProblems({ job, marks }: JobEvidence, excuses: Excuses): string[] {
  const expected = job.kind.marks;
  const isInOrder = marks.every((mark, at) => mark === expected[at]);
  if (isInOrder && (marks.length === expected.length || job.kind.isCutShort || excuses.endedEarly())) return [];
  const isScriptDone = expected.slice(marks.length).every((mark) => mark.startsWith(AFTER));
  if (isInOrder && isScriptDone && excuses.endMissing()) return [];
  return [`it did ${marks.join(', ') || 'nothing'}, not ${expected.join(', ')}`];
}

function recordProblems(record: string): string[] {
  if (!record.includes('"phase":"done"')) return ['its record is no tombstone'];
  const secrets = ['payload', 'PRIVATE KEY'].filter((word) => record.includes(word));
  return [
    ...secrets.map((word) => `its tombstone has ${word} in it`),
    ...(toldPart(record) === undefined ? [] : ['its tombstone has the secret in it']),
  ];
}

/** The archive is stored once, whoever sent it how often. */
function archiveProblems({ job, view }: JobEvidence, excuses: Excuses): string[] {
  const archives = view.artifacts.filter(({ type, size }) => type === 'archive' && size > 0).length;
  const isRight = archives === (job.kind.hasArchive ? 1 : 0) || (archives === 0 && excuses.endedEarly());
  return isRight ? [] : [`GitLab has ${archives} archives of its artifacts`];
}

/** GitLab may have nothing to complain of but for what is proved not to be the manager's doing. */
function findingProblems({ findings }: JobEvidence, excuses: Excuses): string[] {
  return findings.filter((finding) => !isExcused(finding, excuses)).map(complaint);
}

function isExcused({ rule, detail }: JobEvidence['findings'][number], excuses: Excuses): boolean {
  switch (rule) {
    case 'checksum':
      return detail.startsWith('claimed undefined,') && excuses.noChecksum();
    case 'trace-before-running':
    case 'success-before-running':
      return excuses.unannounced();
    default:
      return false;
  }
}

function complaint({ rule, detail }: JobEvidence['findings'][number]): string {
  return `GitLab complains: ${rule}: ${detail}`;
}
