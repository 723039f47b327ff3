import type { TokenSecret } from '@fargate-gitlab-runner/blueprint';
import { Secret } from '@fargate-gitlab-runner/kernel';
import type { Finding } from '../finding.ts';
import type { DraftRunner } from '../schema/document-schema.ts';
import { checkToken } from './check-token.ts';
import type { TokenInput } from './token-input.ts';

/** Tokens by runner name, and what is wrong with them. */
export interface AssignedTokens {
  readonly tokens: ReadonlyMap<string, Secret>;
  readonly findings: readonly Finding[];
}

/** Gives every runner its token out of the token secret. */
export function assignTokens(input: TokenInput, runners: readonly DraftRunner[]): AssignedTokens {
  if (input.findings.length > 0) return { tokens: new Map(), findings: input.findings };
  const tokens = new Map<string, string>(entriesOf(input.secret, runners));
  const findings = [
    ...strangers([...tokens.keys()], runners, input),
    ...without(tokens, runners),
    ...[...new Set(tokens.values())].flatMap((token) => checkToken(token, holdersOf(token, tokens), input.path)),
  ];
  return { tokens: new Map([...tokens].map(([runner, token]) => [runner, new Secret(token)])), findings };
}

/** The same for tokens that the caller has in hand: their shape is the caller's business. */
export function assignSupplied(tokens: ReadonlyMap<string, Secret>, runners: readonly DraftRunner[]): AssignedTokens {
  const input: TokenInput = { path: [], secrets: [], findings: [] };
  return { tokens, findings: [...strangers([...tokens.keys()], runners, input), ...without(tokens, runners)] };
}

/** A token alone belongs to every runner; whether there may be several is checked with the token. */
function entriesOf(secret: TokenSecret | undefined, runners: readonly DraftRunner[]): [string, string][] {
  if (secret?.kind === 'by runner') return Object.entries(secret.tokens).filter(([, token]) => token !== '');
  if (secret?.kind !== 'one') return [];
  return runners.flatMap((runner) => (runner.name === undefined ? [] : [[runner.name, secret.token]]));
}

function strangers(names: readonly string[], runners: readonly DraftRunner[], input: TokenInput): Finding[] {
  const known = new Set(runners.map((runner) => runner.name));
  return names
    .filter((name) => !known.has(name))
    .map((name) => ({
      code: 'FR_CONFIG_TOKEN_UNKNOWN_RUNNER',
      path: input.path,
      what: `there is a token for the runner ${shown(name)}, which managers_configs does not have`,
      allowed: [...known].filter((known) => known !== undefined).join(', '),
      given: false,
    }));
}

/** Older tokens are 20 characters without a prefix. Whoever swaps names and tokens must not see one in a message. */
function shown(name: string): string {
  return /^[\w-]{20}$/.test(name) ? '[masked]' : name;
}

function without(tokens: ReadonlyMap<string, unknown>, runners: readonly DraftRunner[]): Finding[] {
  return runners
    .filter((runner) => runner.name !== undefined && !tokens.has(runner.name))
    .map((runner) => ({
      code: 'FR_CONFIG_TOKEN_MISSING',
      path: runner.path,
      what: `the runner ${runner.name} has no token`,
      given: false,
    }));
}

function holdersOf(token: string, tokens: ReadonlyMap<string, string>): string[] {
  return [...tokens].filter(([, other]) => other === token).map(([runner]) => runner);
}
