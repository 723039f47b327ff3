import type { PipelineSpec } from '@fargate-gitlab-runner/emulator-gitlab';
import { CodedError, type Problem } from '@fargate-gitlab-runner/kernel';

/** Values for `spec:inputs`, as the stand-in GitLab takes them. */
type Inputs = NonNullable<PipelineSpec['inputs']>;

/**
 * Inputs as the command line gives them, each `NAME=VALUE`; the last one of a name wins. A value that is JSON is what it says (`3`, `true`,
 * `["a"]`, `"3"` for a text), anything else is text. Throws `FR_LOCAL_INPUT` for everything that is no such pair.
 */
export function givenInputs(pairs: readonly string[]): Inputs {
  const problems: Problem[] = [];
  const inputs = new Map<string, Inputs[string]>();
  for (const pair of pairs) {
    const [, name, value] = /^([\w-]+)=(.*)$/s.exec(pair) ?? [];
    if (name !== undefined && value !== undefined) inputs.set(name, jsonOrText(value));
    else problems.push(problemOf(pair));
  }
  if (problems.length > 0) throw new CodedError(problems);
  return Object.fromEntries(inputs);
}

function jsonOrText(text: string): Inputs[string] {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function problemOf(pair: string): Problem {
  return {
    code: 'FR_LOCAL_INPUT',
    at: '--input',
    what: 'that is no input',
    given: pair.split('=')[0]?.slice(0, 40) ?? '',
    allowed: 'NAME=VALUE; a name has letters, digits, _ and -',
  };
}
