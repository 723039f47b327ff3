import { CodedError } from '@fargate-gitlab-runner/kernel';
import type { JobPayload } from '@fargate-gitlab-runner/protocol';

type JobInput = JobPayload['inputs'][number];

const STEP = /^(?:\.([A-Za-z_][\w-]*)|\[\s*(?:(\d+)|"([^"\\]*)"|'([^'\\]*)')\s*\])\s*/;
const ALLOWED = 'job.inputs.NAME, with .FIELD and [INDEX] behind it, in str( ) or not';

/**
 * What `${{ ... }}` stands for: an input of the job, a field or an item of it, as text; lists and structures as JSON, as `str()` gives
 * them. Throws CodedError: `FR_INPUT_EXPRESSION` for what can't be read or isn't there, `FR_INPUT_SENSITIVE` for an input that must not
 * be put into text. Source: reference for job execution, 11.
 */
export function inputExpression(expression: string, inputs: readonly JobInput[]): string {
  const inner = expression.trim();
  const call = /^str\(([\s\S]*)\)$/.exec(inner);
  if (call) return inputExpression(call[1] ?? '', inputs);
  const reference = /^job\.inputs(?:\.([A-Za-z_][\w-]*)|\[\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*\])\s*/.exec(inner);
  if (!reference) throw new CodedError({ code: 'FR_INPUT_EXPRESSION', what: `\${{ ${inner} }} can't be read`, allowed: ALLOWED });
  const name = reference[1] ?? reference[2] ?? reference[3] ?? '';
  const input = inputs.find(({ key }) => key === name);
  if (!input) throw new CodedError({ code: 'FR_INPUT_EXPRESSION', what: `\${{ ${inner} }}: the job has no input ${JSON.stringify(name)}` });
  if (input.value.sensitive) throw new CodedError(sensitive(name));
  return asText(followed(input.value.content, inner.slice(reference[0].length), inner));
}

function followed(value: unknown, path: string, expression: string): unknown {
  if (path === '') return value;
  const step = STEP.exec(path);
  if (!step) throw new CodedError({ code: 'FR_INPUT_EXPRESSION', what: `\${{ ${expression} }} can't be read`, allowed: ALLOWED });
  const key = step[1] ?? step[2] ?? step[3] ?? step[4] ?? '';
  const next = memberOf(value, key);
  if (next === undefined) {
    throw new CodedError({ code: 'FR_INPUT_EXPRESSION', what: `\${{ ${expression} }}: there is no ${JSON.stringify(key)} in it` });
  }
  return followed(next, path.slice(step[0].length), expression);
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function sensitive(name: string) {
  return {
    code: 'FR_INPUT_SENSITIVE',
    what: `the input ${JSON.stringify(name)} is sensitive and must not be put into text that others can read`,
    cure: 'hand it over as a masked variable or a secret',
  } as const;
}
