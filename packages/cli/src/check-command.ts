import { type Environment, load, renderReport } from '@fargate-gitlab-runner/config';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { Output } from './output.ts';

/** Reads and judges a configuration and says everything that is wrong with it. Nothing is asked of GitLab or AWS. */
export function runCheck(input: {
  readonly config?: string;
  readonly withoutTokens: boolean;
  readonly environment: Environment;
  readonly output: Output;
}): ExitCode {
  const result = load({
    env: input.environment,
    ...(input.config !== undefined && { file: input.config }),
    ...(input.withoutTokens && { tokens: 'not needed' as const }),
  });
  input.output.line(renderReport(result));
  return result.kind === 'config' ? EXIT.ok : EXIT.configuration;
}
