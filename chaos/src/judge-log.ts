import { traceLines } from '@fargate-gitlab-runner/testkit';
import type { Excuses } from './excuses.ts';
import type { JobEvidence } from './job-evidence.ts';
import { SECRET } from './job-kinds.ts';

/** So many characters of the secret in a row give it away. */
const TELLING = 8;
const MASKED_LINE = /^line (\d+) has \[MASKED\] in it$/;

/** A part of the secret that a text gives away. */
export function toldPart(text: string): string | undefined {
  const parts = Array.from({ length: SECRET.length - TELLING + 1 }, (_, at) => SECRET.slice(at, at + TELLING));
  return parts.find((part) => text.includes(part));
}

/** What is wrong with a job's log: parts of the secret, numbered lines that are missing, doubled or out of order, sections said twice. */
export function logProblems(evidence: JobEvidence, excuses: Excuses): string[] {
  const text = evidence.trace.toString('latin1');
  return [
    ...(toldPart(text) === undefined ? [] : ['its trace tells parts of the secret']),
    ...lineProblems(evidence, excuses),
    ...sectionProblems(text, excuses),
  ];
}

function lineProblems({ job: { kind }, trace }: JobEvidence, excuses: Excuses): string[] {
  const lines = linesOf(trace);
  if (!lines) return ['its trace is no UTF-8'];
  const numbers = lines.flatMap((line) => MASKED_LINE.exec(line)?.[1] ?? []).map(Number);
  const rising = numbers.findIndex((number, at) => number <= (numbers[at - 1] ?? 0));
  const whole = numbers.findIndex((number, at) => number !== at + 1);
  const isLost = kind.losesLines || (whole >= 0 && rising < 0 && excuses.forgottenLines());
  const wrong = isLost ? rising : whole;
  const isShort = numbers.length < kind.lines && !kind.isCutShort && !isLost;
  return [
    ...(wrong >= 0 ? [`numbered line ${numbers[wrong]} comes after ${numbers[wrong - 1] ?? 'nothing'}`] : []),
    ...(isShort && !excuses.endedEarly() && !excuses.forgottenLines() && !excuses.endMissing()
      ? [`its trace has ${numbers.length} numbered lines of ${kind.lines}`]
      : []),
  ];
}

function linesOf(trace: Buffer): readonly string[] | undefined {
  try {
    return traceLines(trace);
  } catch {
    return undefined;
  }
}

/** The manager's own lines are said once, whoever says them. */
function sectionProblems(text: string, excuses: Excuses): string[] {
  const starts = [...text.matchAll(/section_start:\d+:(\w+)/g)].map(([, name]) => name);
  const twice = starts.filter((name, at) => starts.indexOf(name) !== at);
  const preparations = text.split('Running with fargate-gitlab-runner').length - 1;
  return [
    ...(twice.length > 0 && !excuses.begunAnew() ? [`sections begin twice: ${twice.join(', ')}`] : []),
    ...(preparations > 1 ? [`its first line is said ${preparations} times`] : []),
  ];
}
