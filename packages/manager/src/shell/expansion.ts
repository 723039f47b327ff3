import { CodedError } from '@fargate-gitlab-runner/kernel';

/** Finds the value of a name; undefined when there is none. */
export type Lookup = (name: string) => string | undefined;

/**
 * GitLab's own variable expansion, one pass: what is put in is not expanded again. `$NAME` and `${anything up to the brace}` give
 * the value or nothing, `$$` gives one dollar, the shell's special parameters (`$1`, `$@`, `$?` ...) give nothing, a dollar before
 * anything else stays. No defaults: `${X:-y}` looks for a variable of that very name. Linear in the length of the text.
 *
 * Throws `FR_SHELL_EXPANSION_SIZE`, naming `at`, when the result outgrows `limit` characters (default: 16 Mi): an author could
 * otherwise multiply text without end.
 */
export function expand(text: string, lookup: Lookup, { at = 'text', limit = EXPANSION_LIMIT }: ExpansionBounds = {}): string {
  const lastBrace = text.lastIndexOf('}');
  let result = '';
  let done = 0;
  for (let dollar = text.indexOf('$'); dollar >= 0; dollar = text.indexOf('$', done)) {
    const { name, end } = referenceAt(text, dollar, lastBrace);
    result += text.slice(done, dollar) + (name === undefined ? text.slice(dollar, end) : valueOfName(name, lookup));
    done = end;
    if (result.length > limit) throw tooLong(at);
  }
  result += text.slice(done);
  if (result.length > limit) throw tooLong(at);
  return result;
}

/** How long an expansion may become in characters, and what to call it in the error. */
export interface ExpansionBounds {
  readonly at?: string;
  readonly limit?: number;
}

/** Characters that the variables of one job may come to together. */
export const EXPANSION_LIMIT = 16 * 1024 * 1024;

function tooLong(at: string): CodedError {
  return new CodedError({
    code: 'FR_SHELL_EXPANSION_SIZE',
    at,
    what: 'the variables of this job are too long once expanded',
    allowed: `${EXPANSION_LIMIT} characters together`,
    cure: 'refer to fewer long variables, or mark the variable as raw (expand: false)',
  });
}

interface Reference {
  /** Undefined: this dollar is only a dollar. Empty: it is dropped. */
  readonly name: string | undefined;
  readonly end: number;
}

const PLAIN_NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SPECIAL = /^[*#$@!?\-0-9]$/;

function referenceAt(text: string, dollar: number, lastBrace: number): Reference {
  const next = text[dollar + 1];
  if (next === undefined) return { name: undefined, end: dollar + 1 };
  if (next === '{') {
    if (lastBrace < dollar) return { name: '', end: dollar + 2 };
    const brace = text.indexOf('}', dollar);
    return { name: text.slice(dollar + 2, brace), end: brace + 1 };
  }
  if (SPECIAL.test(next)) return { name: next, end: dollar + 2 };
  PLAIN_NAME.lastIndex = dollar + 1;
  const name = PLAIN_NAME.exec(text)?.[0];
  return { name, end: dollar + 1 + (name?.length ?? 0) };
}

function valueOfName(name: string, lookup: Lookup): string {
  if (name === '$') return '$';
  return name === '' || SPECIAL.test(name) ? '' : (lookup(name) ?? '');
}
