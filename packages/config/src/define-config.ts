import { CodedError, type Secret } from '@fargate-gitlab-runner/kernel';
import type { Config } from './config.ts';
import { openTyped } from './doors/typed-door.ts';
import { interpret } from './interpret.ts';
import type { ConfigDocument } from './schema/document-schema.ts';

/**
 * The typed door: a configuration written in TypeScript, in the words of the file. Tokens are not needed unless the document names
 * some, or the caller hands them over.
 *
 * @throws CodedError with every problem, when there are any
 */
export function defineConfig(document: ConfigDocument, tokens?: ReadonlyMap<string, Secret>): Config {
  const namesTokens = [document.gitlab_token, document.gitlab_token_file, document.gitlab_token_env].some((value) => value !== undefined);
  const result = interpret(openTyped(document), {
    env: {},
    ...(tokens ? { tokens } : namesTokens ? {} : { tokens: 'not needed' as const }),
  });
  if (result.kind === 'invalid') throw new CodedError(result.problems);
  return result.config;
}
