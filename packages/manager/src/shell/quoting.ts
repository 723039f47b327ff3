import { CodedError } from '@fargate-gitlab-runner/kernel';

/**
 * One shell word that stands for exactly `word`, whatever it holds: single quotes, each inner quote closed, escaped and opened
 * again. Valid in dash, busybox ash and bash for every byte except NUL, which no shell word can hold: that throws
 * `FR_SHELL_NUL` and names `what`.
 */
export function quote(word: string, what = 'a word of the script'): string {
  if (word.includes('\0')) {
    throw new CodedError({
      code: 'FR_SHELL_NUL',
      at: what,
      what: 'a NUL character cannot be passed to a shell',
      cure: 'remove it, or encode the value',
    });
  }
  return `'${word.replaceAll("'", "'\\''")}'`;
}
