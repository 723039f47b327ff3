/**
 * The shape of the secret that holds the runner tokens, in Secrets Manager, Parameter Store, a file or a variable: a token alone
 * (one runner), or a JSON object from runner name to token. White space around it means nothing.
 */
export type TokenSecret =
  | { readonly kind: 'one'; readonly token: string }
  | { readonly kind: 'by runner'; readonly tokens: Readonly<Record<string, string>> }
  | { readonly kind: 'broken'; readonly why: string };

/** Reads the text of a token secret. `why` never quotes it. */
export function parseTokenSecret(text: string): TokenSecret {
  const trimmed = text.trim();
  if (trimmed === '') return broken('it is empty');
  if (!/^[{["]/.test(trimmed)) return { kind: 'one', token: trimmed };
  try {
    return fromJson(JSON.parse(trimmed));
  } catch {
    return broken('it begins like JSON but is none');
  }
}

/**
 * Whether a token is one with which a runner is registered, and not a runner's own: those begin with `glrt-` (made in GitLab) or `glrtr-`
 * (issued by a registration). Source: GitLab's token overview; registration tokens have no prefix of their own before GR1348941.
 */
export function isRegistrationToken(token: string): boolean {
  return !/^glrtr?-/.test(token);
}

function fromJson(value: unknown): TokenSecret {
  if (typeof value === 'string') return value.trim() === '' ? broken('it is empty') : { kind: 'one', token: value.trim() };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return broken('it is JSON, but not an object');
  const entries = Object.entries(value);
  const tokens = entries.flatMap(([runner, token]) => (typeof token === 'string' ? [[runner, token.trim()] as const] : []));
  if (tokens.length < entries.length) return broken('a token in it is not a string');
  return { kind: 'by runner', tokens: Object.fromEntries(tokens) };
}

function broken(why: string): TokenSecret {
  return { kind: 'broken', why };
}
