/** A piece of an expression. */
export type Token =
  | { readonly kind: '(' | ')' }
  | { readonly kind: 'operator'; readonly operator: Operator }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'pattern'; readonly literal: string }
  | { readonly kind: 'constant'; readonly value: boolean | null };

/** What stands between two operands. */
export type Operator = '==' | '!=' | '=~' | '!~' | '&&' | '||';

const MAX_TOKENS = 100;

const OPERATORS: readonly Operator[] = ['==', '!=', '=~', '!~', '&&', '||'];

/** In the order in which GitLab tries them. Sticky, so that each is tried at one place only. */
const LEXEMES: readonly (readonly [RegExp, (text: string) => Token])[] = [
  [/\(/y, () => ({ kind: '(' })],
  [/\)/y, () => ({ kind: ')' })],
  [/\$\w+/y, (text) => ({ kind: 'variable', name: text.slice(1) })],
  [/"[^"\n]*"|'[^'\n]*'/y, (text) => ({ kind: 'text', value: text.slice(1, -1) })],
  [/\/(?:\\\/|[^/])+\/[ismU]*/y, (text) => ({ kind: 'pattern', literal: text })],
  [/null/y, () => ({ kind: 'constant', value: null })],
  [/true/y, () => ({ kind: 'constant', value: true })],
  [/false/y, () => ({ kind: 'constant', value: false })],
  [/==|=~|!=|!~|&&|\|\|/y, (text) => ({ kind: 'operator', operator: OPERATORS.find((each) => each === text) ?? '==' })],
];

/** The pieces of an expression; undefined when something in it is unknown, or when there are more than a hundred. */
export function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    const found = lexemeAt(text, at);
    if (!found || tokens.length === MAX_TOKENS) return undefined;
    tokens.push(found.token);
    at = found.end;
  }
  return tokens;
}

function lexemeAt(text: string, at: number): { readonly token: Token; readonly end: number } | undefined {
  for (const [pattern, make] of LEXEMES) {
    pattern.lastIndex = at;
    const [match] = pattern.exec(text) ?? [];
    if (match !== undefined) return { token: make(match), end: at + match.length };
  }
  return undefined;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at] ?? '')) at++;
  return at;
}
