import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import { quotedForms } from './quoted-forms.ts';
import type { ResolvedVariable } from './resolved-variable.ts';

/**
 * What must not be readable in the trace: the final values of all masked variables, the job token and those of earlier jobs; trimmed, not
 * empty, as they are and as shells print them quoted; each once, longest first. Every definition counts, also one that a later one hides.
 */
export function maskedPhrases(variables: readonly ResolvedVariable[], payload: JobPayload): string[] {
  const values = variables.filter(({ isMasked }) => isMasked).map(({ value }) => value);
  const phrases = new Set(
    [...values, payload.token, ...payload.dependencies.map(({ token }) => token ?? '')]
      .map((value) => value.trim())
      .filter((value) => value !== '')
      .flatMap((value) => [value, ...quotedForms(value)]),
  );
  return [...phrases].sort((a, b) => b.length - a.length);
}
