import { quote } from './quoting.ts';

/**
 * Shell commands that print one line on the worker's stdout: plain, green (a notice), yellow (a warning) and red (an error).
 * The text is printed as it is: nothing in it is expanded, and a trailing newline is added.
 */
export const say = {
  plain: (text: string): string => `printf '%s\\n' ${quote(text)}`,
  notice: (text: string): string => coloured('32;1', text),
  warning: (text: string): string => coloured('0;33', `WARNING: ${text}`),
  error: (text: string): string => coloured('31;1', `ERROR: ${text}`),
} as const;

function coloured(colour: string, text: string): string {
  return `printf '\\033[${colour}m%s\\033[0;m\\n' ${quote(text)}`;
}
