const MASK = '[masked]';

/** What GitLab's and AWS's secrets look like, and the user part of a URL. Prefixes: GitLab's token overview. */
const TOKEN_SHAPES = [
  /\b(?:glrt|glrtr|glpat|gldt|glcbt|glptt|glft|glimt|glagent|glsoat|glffct|gloas)-[\w.=-]+/g,
  /\bGR1348941[\w-]*/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
];
const USER_OF_URL = /(\/\/)[^/\s@]+@/g;

/** Anything shorter would mask ordinary words. */
const SHORTEST_SECRET = 6;

/** A text for people with every known secret, and all that looks like one, masked. */
export function redact(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length >= SHORTEST_SECRET).toSorted((a, b) => b.length - a.length);
  const withoutKnown = known.reduce((current, secret) => current.replaceAll(secret, MASK), text);
  const withoutTokens = TOKEN_SHAPES.reduce((current, shape) => current.replace(shape, MASK), withoutKnown);
  return withoutTokens.replace(USER_OF_URL, `$1${MASK}@`);
}
