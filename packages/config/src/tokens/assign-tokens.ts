import type { TokenSecret } from '@fargate-gitlab-runner/blueprint';
import { Secret } from '@fargate-gitlab-runner/kernel';
import type { Finding, Path } from '../finding.ts';
import type { DraftRunner } from '../schema/document-schema.ts';
import { checkToken } from './check-token.ts';
import type { TokenInput } from './token-input.ts';

/** Tokens by runner name, and what is wrong with them. */
export interface AssignedTokens {
  readonly tokens: ReadonlyMap<string, Secret>;
  readonly findings: readonly Finding[];
  /** Names that may be tokens, written on the wrong side: older ones are 20 characters without a prefix. */
  readonly suspects: readonly string[];
}

/**
 * Gives every runner its token out of the token secret. Tokens of runners that there are not (yet, or any more) are told and not judged: the
 * secret and the configuration can't change at the same moment, and a rollback brings the configuration of before back to the secret of now.
 */
export function assignTokens(input: TokenInput, runners: readonly DraftRunner[]): AssignedTokens {
  if (input.findings.length > 0) return { tokens: new Map(), findings: input.findings, suspects: [] };
  const tokens = new Map<string, string>(entriesOf(input.secret, runners));
  const strangers = strangersIn([...tokens.keys()], runners);
  const used = new Map([...tokens].filter(([name]) => !strangers.includes(name)));
  const findings = [
    ...strangers.map((name) => stranger(name, runners, input.path)),
    ...without(used, runners),
    ...unusedRegistrations(used, runners),
    ...[...new Set(used.values())].flatMap((token) => checkToken(token, holdersOf(token, used), input.path)),
  ];
  return {
    tokens: new Map([...used].map(([runner, token]) => [runner, new Secret(token)])),
    findings,
    suspects: strangers.filter((name) => /^[\w-]{20}$/.test(name)),
  };
}

/** The same for tokens that the caller has in hand: their shape is the caller's business. */
export function assignSupplied(tokens: ReadonlyMap<string, Secret>, runners: readonly DraftRunner[]): AssignedTokens {
  const strangers = strangersIn([...tokens.keys()], runners);
  return { tokens, findings: [...strangers.map((name) => stranger(name, runners, [])), ...without(tokens, runners)], suspects: [] };
}

/** A token alone belongs to every runner; whether there may be several is checked with the token. */
function entriesOf(secret: TokenSecret | undefined, runners: readonly DraftRunner[]): [string, string][] {
  if (secret?.kind === 'by runner') return Object.entries(secret.tokens).filter(([, token]) => token !== '');
  if (secret?.kind !== 'one') return [];
  return runners.flatMap((runner) => (runner.name === undefined ? [] : [[runner.name, secret.token]]));
}

function strangersIn(names: readonly string[], runners: readonly DraftRunner[]): string[] {
  return names.filter((name) => !runners.some((runner) => runner.name === name));
}

function stranger(name: string, runners: readonly DraftRunner[], path: Path): Finding {
  return {
    code: 'FR_CONFIG_TOKEN_UNKNOWN_RUNNER',
    path,
    what: `there is a token for the runner ${name}, which managers_configs does not have; nothing uses it`,
    allowed: runners.flatMap((runner) => runner.name ?? []).join(', ') || 'none, as there are no runners',
    given: false,
  };
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

/** A runner that was made in GitLab has its settings there. */
function unusedRegistrations(tokens: ReadonlyMap<string, string>, runners: readonly DraftRunner[]): Finding[] {
  return runners
    .filter(({ name, values }) => values.registration !== undefined && tokens.get(name ?? '')?.startsWith('glrt-'))
    .map(({ path }) => ({ code: 'FR_CONFIG_REGISTRATION_UNUSED', path: [...path, 'registration'], given: false }));
}

function holdersOf(token: string, tokens: ReadonlyMap<string, string>): string[] {
  return [...tokens].filter(([, other]) => other === token).map(([runner]) => runner);
}
