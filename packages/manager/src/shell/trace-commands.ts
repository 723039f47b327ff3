import { parseBoolean } from './boolean.ts';
import { type ResolvedVariable, valueIn } from './resolved-variable.ts';

/** The line that makes the shell show every command from here on, when the job asks for it with `CI_DEBUG_TRACE`. */
export function traceCommands(variables: readonly ResolvedVariable[]): string[] {
  return parseBoolean(valueIn(variables, 'CI_DEBUG_TRACE')) === true ? ['set -o xtrace'] : [];
}
