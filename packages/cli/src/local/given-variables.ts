import { readFileSync } from 'node:fs';
import type { JobVariable } from '@fargate-gitlab-runner/emulator-gitlab';
import { CodedError, type Problem } from '@fargate-gitlab-runner/kernel';

/** Variables as the command line gives them: `KEY=VALUE` texts, and files with such lines. */
export interface VariableSources {
  readonly pairs: readonly string[];
  readonly files: readonly string[];
  /** Files whose values are masked in logs. */
  readonly maskedFiles: readonly string[];
}

interface Line {
  readonly at: string;
  readonly text: string;
  readonly isMasked: boolean;
}

/**
 * The variables of a pipeline that a person starts: they win over those of the file, as in GitLab. Files come first, then masked files,
 * then single ones; the last one of a name wins. A line of a file may be empty, a `#` comment, or `KEY=VALUE` with or without quotes
 * around the value. Throws a `CodedError` with everything that is wrong (`FR_LOCAL_VARIABLE`, `FR_LOCAL_VARIABLE_FILE`).
 */
export function givenVariables(sources: VariableSources): readonly JobVariable[] {
  const problems: Problem[] = [];
  const lines = [
    ...sources.files.flatMap((file) => linesOf(file, { isMasked: false, problems })),
    ...sources.maskedFiles.flatMap((file) => linesOf(file, { isMasked: true, problems })),
    ...sources.pairs.map((text) => ({ at: '--var', text, isMasked: false })),
  ];
  const variables = new Map<string, JobVariable>();
  for (const line of lines) {
    const variable = variableOf(line);
    if (variable) variables.set(variable.key, variable);
    else problems.push(problemOf(line));
  }
  if (problems.length > 0) throw new CodedError(problems);
  return [...variables.values()];
}

function linesOf(file: string, of: { readonly isMasked: boolean; readonly problems: Problem[] }): Line[] {
  try {
    return readFileSync(file, 'utf8')
      .replace(/^\ufeff/, '')
      .split(/\r?\n/)
      .map((text, index) => ({ at: `${file}:${index + 1}`, text: unquoted(text.trim()), isMasked: of.isMasked }))
      .filter(({ text }) => text !== '' && !text.startsWith('#'));
  } catch (cause) {
    const what = `the file of variables can't be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    of.problems.push({ code: 'FR_LOCAL_VARIABLE_FILE', at: file, what, cure: 'name a file with lines of KEY=VALUE' });
    return [];
  }
}

function unquoted(line: string): string {
  return line.replace(/^([^=]*)=(["'])(.*)\2$/, '$1=$3');
}

function variableOf({ text, isMasked }: Line): JobVariable | undefined {
  const [, key, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
  return key === undefined || value === undefined ? undefined : { key, value, public: !isMasked, masked: isMasked };
}

/** A value may be a secret: only what stands before `=` is told. */
function problemOf({ at, text }: Line): Problem {
  const hasSign = text.includes('=');
  return {
    code: 'FR_LOCAL_VARIABLE',
    at,
    what: hasSign ? 'that is no name of a variable' : 'a variable needs a = between its name and its value',
    given: hasSign ? text.slice(0, text.indexOf('=')) : text.slice(0, 40),
    allowed: 'KEY=VALUE; a name has letters, digits and _, and does not begin with a digit',
  };
}
