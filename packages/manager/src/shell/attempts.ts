import { type ResolvedVariable, valueIn } from './resolved-variable.ts';

const MOST_ATTEMPTS = 10;

/**
 * Reads a variable such as `GET_SOURCES_ATTEMPTS`: the number of tries in all, 1 when nothing is said, from 1 to 10 whatever is said.
 * Warnings are sentences for the head of the trace. Source: reference for job execution, 1.3.
 */
export function attemptsOf(key: string, variables: readonly ResolvedVariable[]): { attempts: number; warnings: string[] } {
  const text = valueIn(variables, key)?.trim() ?? '';
  if (text === '') return { attempts: 1, warnings: [] };
  if (!/^[+-]?\d+$/.test(text)) return { attempts: 1, warnings: [`${key} is not a whole number; 1 is used`] };
  const attempts = Math.min(Math.max(Number(text), 1), MOST_ATTEMPTS);
  return { attempts, warnings: attempts === Number(text) ? [] : [`${key} is not from 1 to ${MOST_ATTEMPTS}; ${attempts} is used`] };
}
