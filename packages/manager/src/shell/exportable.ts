import type { ResolvedVariable } from './resolved-variable.ts';

/**
 * Names that a shell keeps for itself: bash refuses to set them (and the stage would die) or reads their value as arithmetic, in
 * which an author's text could run commands; dash refuses OPTIND.
 */
export const SHELL_OWNED = [
  'BASHOPTS',
  'BASH_VERSINFO',
  'EUID',
  'HISTCMD',
  'OPTIND',
  'PPID',
  'RANDOM',
  'SHELLOPTS',
  'SRANDOM',
  'UID',
] as const;

const OWNED: ReadonlySet<string> = new Set(SHELL_OWNED);
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Whether a shell can export this name. GitLab's runner exports every name and lets the stage die of a bad one; we leave it out and
 * say so (`variableWarnings`), because a variable that nobody can read is no reason to lose a job.
 */
export function isExportable(key: string): boolean {
  return IDENTIFIER.test(key) && !OWNED.has(key);
}

/** One sentence for the head of the trace for every variable that the job will not see. */
export function variableWarnings(variables: readonly ResolvedVariable[]): string[] {
  const keys = new Set(variables.map(({ key }) => key).filter((key) => !isExportable(key)));
  return [...keys].map((key) =>
    OWNED.has(key)
      ? `variable ${key} is left out: the shell keeps this name for itself`
      : `variable ${JSON.stringify(key)} is left out: its name is not letters, digits and underscores`,
  );
}
