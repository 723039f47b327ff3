import type { Problem } from '@fargate-gitlab-runner/kernel';
import type { Finding, Place } from './finding.ts';
import { PROBLEM_CODES, type ProblemCode } from './problem-codes.ts';
import { redact } from './redact.ts';
import type { Source } from './source.ts';
import { isRecord, valueAt } from './value-at.ts';

const LONGEST_VALUE = 120;

/** What a finding is told with: the document it is about, if there is one, and the secrets that must not show. */
export interface Telling {
  readonly source?: Source;
  readonly secrets: readonly string[];
}

/** A finding as a person reads it. No secret gets through: neither by its place, nor by its value. */
function problemOf(finding: Finding, telling: Telling): Problem {
  const row: ProblemCode = PROBLEM_CODES[finding.code];
  const given = givenOf(finding, telling.source);
  const clean = (text: string | undefined) => (text === undefined ? undefined : redact(text, telling.secrets));
  const allowed = clean(finding.allowed) ?? row.allowed;
  const label = placeOf(finding, telling.source).label;
  return {
    code: finding.code,
    ...(label !== '' && { at: redact(label, telling.secrets) }),
    what: clean(finding.what) ?? row.what,
    ...(given !== undefined && { given: shortened(redact(given, telling.secrets)) }),
    ...(allowed !== undefined && { allowed }),
    cure: clean(finding.cure) ?? row.cure,
  };
}

/** Findings told in the order in which they stand in the document. */
export function problemsOf(findings: readonly Finding[], telling: Telling): Problem[] {
  const orderOf = (finding: Finding) => placeOf(finding, telling.source).order;
  return findings.toSorted((a, b) => orderOf(a) - orderOf(b)).map((finding) => problemOf(finding, telling));
}

function placeOf(finding: Finding, source: Source | undefined): Place {
  return finding.place ?? source?.locate(finding.path) ?? { label: '', order: 0 };
}

function givenOf(finding: Finding, source: Source | undefined): string | undefined {
  if (finding.given === false || isPrivate(finding)) return undefined;
  const given = finding.given ?? valueText(valueAt(source?.value, finding.path));
  return isMaybeAToken(finding, given) ? undefined : given;
}

function shortened(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text;
}

/** Tokens, and the values of the variables that jobs get, are nobody's business. */
function isPrivate(finding: Finding): boolean {
  const [key] = finding.path;
  return (
    (String(key).startsWith('gitlab_token') && key !== 'gitlab_token_secret_arn') ||
    (finding.path[2] === 'environment' && finding.path.length > 3)
  );
}

/** Somebody may have written the token itself where the ARN of its secret belongs. */
function isMaybeAToken({ path: [key] }: Finding, given: string | undefined): boolean {
  return key === 'gitlab_token_secret_arn' && !given?.startsWith('arn:');
}

function valueText(value: unknown): string | undefined {
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return value instanceof Date ? value.toISOString() : 'a map';
  return value === undefined ? undefined : String(value);
}
