/** One thing that is wrong, told so that a person can act on it. */
export interface Problem {
  /** A stable code, `FR_<ROOM>_<WHAT>`. It has a row in docs/reference/errors.md. */
  readonly code: `FR_${string}`;
  /** Where: a path in a file, an environment variable, a route. */
  readonly at?: string;
  /** What is wrong, as a sentence without a full stop. */
  readonly what: string;
  /** The value that was given, as the person wrote it; never a secret. */
  readonly given?: string;
  /** Which values would do. */
  readonly allowed?: string;
  /** What to do about it. */
  readonly cure?: string;
}

/** A failure that a person can act on. It may carry several problems: all that were found, not the first. */
export class CodedError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[], options?: ErrorOptions) {
    const all = 'what' in problems ? [problems] : problems;
    super(all.map(renderProblem).join('\n'), options);
    this.name = 'CodedError';
    this.problems = all;
  }

  /** The code of the first problem: the one that decides the exit code. */
  get code(): string {
    return this.problems[0]?.code ?? 'FR_UNKNOWN';
  }
}

/** One problem as text: what is wrong on the first line, then the value, the values allowed and the cure, indented. */
export function renderProblem(problem: Problem): string {
  const lines = [`${problem.at ? `${problem.at}: ` : ''}${problem.what} [${problem.code}]`];
  if (problem.given !== undefined) lines.push(`  given:   ${problem.given}`);
  if (problem.allowed !== undefined) lines.push(`  allowed: ${problem.allowed}`);
  if (problem.cure !== undefined) lines.push(`  do:      ${problem.cure}`);
  return lines.join('\n');
}
