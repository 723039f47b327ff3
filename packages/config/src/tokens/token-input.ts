import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseTokenSecret, type TokenSecret } from '@fargate-gitlab-runner/blueprint';
import type { Environment } from '../environment.ts';
import type { Finding, Path } from '../finding.ts';
import type { Source } from '../source.ts';
import { isRecord, valueAt } from '../value-at.ts';

/** Where the container of the predecessor has its token secret. */
const USUAL_VARIABLE = 'GITLAB_REGISTRATION_TOKEN';

/** The token secret as it was found, where, and every text in it that must not show in a message. */
export interface TokenInput {
  /** Undefined when there is none, or when `findings` say why it can't be had. */
  readonly secret?: TokenSecret;
  readonly path: Path;
  readonly secrets: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Looks for the token secret: in the document, in the file or the variable that it names, at last in the usual variable. Messages name
 * neither that file nor that variable, because a token may have been written there by mistake.
 */
export function tokenInputOf(source: Source, env: Environment): TokenInput {
  const given = ['gitlab_token', 'gitlab_token_file', 'gitlab_token_env'].filter((key) => !isBlank(valueAt(source.value, [key])));
  const input = fromKey(given[0], source, env);
  if (given.length < 2) return input;
  const findings: Finding[] = [
    { code: 'FR_CONFIG_TOKEN_SOURCES', path: [given[1] ?? ''], what: `the tokens come from ${given.join(' and ')}` },
  ];
  return { ...input, secrets: [...input.secrets, ...textsIn(valueAt(source.value, ['gitlab_token']))], findings };
}

function fromKey(key: string | undefined, source: Source, env: Environment): TokenInput {
  const value = key === undefined ? USUAL_VARIABLE : valueAt(source.value, [key]);
  if (key === 'gitlab_token') return fromDocument(value);
  if (typeof value !== 'string') return nothing(key ?? '');
  if (key === 'gitlab_token_file') return fromFile(resolve(source.folder, value));
  const text = env[value];
  if (text) return fromText(text, ['gitlab_token_env']);
  return { ...nothing('gitlab_token_env'), findings: key === undefined ? [] : [{ code: 'FR_CONFIG_TOKEN_ENV', path: [key] }] };
}

function fromDocument(value: unknown): TokenInput {
  if (typeof value === 'string') return fromText(value, ['gitlab_token']);
  const texts = textsIn(value);
  if (!isRecord(value) || Array.isArray(value)) return { ...nothing('gitlab_token'), secrets: texts };
  const entries = Object.entries(value).flatMap(([runner, token]) => (typeof token === 'string' ? [[runner, token.trim()] as const] : []));
  return { secret: { kind: 'by runner', tokens: Object.fromEntries(entries) }, path: ['gitlab_token'], secrets: texts, findings: [] };
}

function fromFile(file: string): TokenInput {
  try {
    return fromText(readFileSync(file, 'utf8'), ['gitlab_token_file']);
  } catch {
    return { ...nothing('gitlab_token_file'), findings: [{ code: 'FR_CONFIG_TOKEN_FILE', path: ['gitlab_token_file'] }] };
  }
}

function fromText(text: string, path: Path): TokenInput {
  const secret = parseTokenSecret(text);
  if (secret.kind === 'broken') {
    const finding: Finding = { code: 'FR_CONFIG_TOKEN_SECRET', path, what: `the token secret can't be read: ${secret.why}` };
    return { path, secrets: [text.trim()], findings: [finding] };
  }
  return { secret, path, secrets: secret.kind === 'one' ? [secret.token] : Object.values(secret.tokens), findings: [] };
}

function nothing(key: string): TokenInput {
  return { path: [key], secrets: [], findings: [] };
}

/** Every text somewhere in a value. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value.trim()];
  return isRecord(value) ? Object.values(value).flatMap(textsIn) : [];
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
