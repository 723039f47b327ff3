import { parseGoDuration } from './go-duration.ts';
import { type ResolvedVariable, valueIn } from './resolved-variable.ts';

/** How long the author lets scripts run, and sentences about bad settings for the head of the trace. */
export interface ScriptTimeouts {
  /** All user steps together; undefined: as long as the job may take. */
  readonly scriptMs: number | undefined;
  readonly afterScriptMs: number;
  readonly warnings: readonly string[];
}

/** What after_script has where nothing else is said. */
export const AFTER_SCRIPT_MS = 300_000;

/**
 * Reads `RUNNER_SCRIPT_TIMEOUT` (default: none) and `RUNNER_AFTER_SCRIPT_TIMEOUT` (5 minutes). Nothing and zero are the default;
 * what is no duration is the default too, with a warning. Source: reference for job execution, 5.1.
 */
export function scriptTimeouts(variables: readonly ResolvedVariable[]): ScriptTimeouts {
  const script = timeoutIn(variables, 'RUNNER_SCRIPT_TIMEOUT', 'the timeout of the job');
  const after = timeoutIn(variables, 'RUNNER_AFTER_SCRIPT_TIMEOUT', '5m');
  return {
    scriptMs: script.ms,
    afterScriptMs: after.ms ?? AFTER_SCRIPT_MS,
    warnings: [...script.warnings, ...after.warnings],
  };
}

function timeoutIn(variables: readonly ResolvedVariable[], key: string, preset: string): { ms: number | undefined; warnings: string[] } {
  const text = valueIn(variables, key) ?? '';
  const ms = text === '' ? 0 : parseGoDuration(text);
  if (ms !== undefined) return { ms: ms > 0 ? ms : undefined, warnings: [] };
  return {
    ms: undefined,
    warnings: [`${key} is no duration such as 90s or 1h30m (given: ${JSON.stringify(text.slice(0, 40))}); ${preset} is used`],
  };
}
