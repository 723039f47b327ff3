import { type MoaExpression, OPERATORS } from './moa-expression.ts';
import { MoaMistake } from './moa-value.ts';

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ['"', '"'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\u000b'],
  ['/', '/'],
]);
const LITERALS: ReadonlyMap<string, null | boolean> = new Map([
  ['null', null],
  ['true', true],
  ['false', false],
]);
const RESERVED = new Set(
  (
    'array as break case const continue default else fallthrough float for func function goto if import in int let loop map namespace ' +
    'number object package range return string struct switch type var void while'
  ).split(' '),
);
/** Far deeper than a person writes, and no danger to the stack. */
const DEEPEST = 100;

/**
 * Reads GitLab's expression language, from a place in a text on. Source: GitLab documentation, "Moa expression language".
 *
 * Life: made at the place behind `${{`; `template()` once; `at` is then behind `}}`.
 */
export class MoaParser {
  readonly #text: string;
  #at: number;
  #depth = 0;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  /** The expression up to `}}`. Throws `MoaMistake`. */
  template(): MoaExpression {
    const expression = this.#expression();
    this.#expect('}}');
    return expression;
  }

  #expression(): MoaExpression {
    return this.#deeper(() => this.#binary(0));
  }

  #deeper(read: () => MoaExpression): MoaExpression {
    if (++this.#depth > DEEPEST) throw new MoaMistake('it is nested too deeply');
    const expression = read();
    this.#depth--;
    return expression;
  }

  #binary(level: number): MoaExpression {
    const operators = OPERATORS[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (let operator = this.#take(operators); operator; operator = this.#take(operators)) {
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1) };
    }
    return left;
  }

  #unary(): MoaExpression {
    const operator = this.#take(['+', '-', '!'] as const);
    return operator ? { kind: 'unary', operator, of: this.#deeper(() => this.#unary()) } : this.#members();
  }

  #members(): MoaExpression {
    let of = this.#primary();
    for (let sign = this.#take(['.', '['] as const); sign; sign = this.#take(['.', '['] as const)) {
      of = { kind: 'member', of, key: sign === '.' ? { kind: 'literal', value: this.#name() } : this.#expression() };
      if (sign === '[') this.#expect(']');
    }
    return of;
  }

  #primary(): MoaExpression {
    const sign = this.#take(['(', '[', '{', '"', "'"] as const);
    switch (sign) {
      case '(': {
        const inner = this.#expression();
        this.#expect(')');
        return inner;
      }
      case '[':
        return { kind: 'list', items: this.#several(']', () => this.#expression()) };
      case '{':
        return { kind: 'object', members: this.#several('}', () => this.#member()) };
      case '"':
        return this.#doubleQuoted();
      case "'":
        return { kind: 'literal', value: this.#singleQuoted() };
      default:
        return this.#number() ?? this.#named();
    }
  }

  /** What stands between commas, the last of which may be followed by nothing. */
  #several<T>(end: string, read: () => T): T[] {
    const items: T[] = [];
    while (!this.#take([end])) {
      items.push(read());
      if (!this.#take([','])) {
        this.#expect(end);
        break;
      }
    }
    return items;
  }

  /** A bare name as the key of a member is its own text. */
  #member(): readonly [MoaExpression, MoaExpression] {
    const name = this.#match(/[A-Za-z_]\w*(?=\s*:)/y);
    const key: MoaExpression = name === undefined ? this.#expression() : { kind: 'literal', value: name };
    this.#expect(':');
    return [key, this.#expression()];
  }

  #number(): MoaExpression | undefined {
    const digits = this.#match(/\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    return digits === undefined ? undefined : { kind: 'literal', value: Number(digits) };
  }

  #named(): MoaExpression {
    const name = this.#name();
    if (LITERALS.has(name)) return { kind: 'literal', value: LITERALS.get(name) ?? null };
    if (RESERVED.has(name)) throw new MoaMistake(`${name} is a reserved word`);
    return this.#take(['(']) ? { kind: 'call', name, values: this.#several(')', () => this.#expression()) } : { kind: 'name', name };
  }

  #name(): string {
    const name = this.#match(/[A-Za-z_]\w*/y);
    if (name === undefined) throw this.#unexpected('a value or a name');
    return name;
  }

  #doubleQuoted(): MoaExpression {
    const pieces: (string | MoaExpression)[] = [];
    while (!this.#skip('"')) pieces.push(this.#piece());
    return { kind: 'text', pieces };
  }

  #piece(): string | MoaExpression {
    if (this.#skip('\\${{')) return '${{';
    if (this.#skip('${{')) return this.template();
    if (this.#skip('\\')) return this.#escape();
    const plain = this.#matchHere(/[^"\\$]+|\$/y);
    if (plain === undefined) throw new MoaMistake('a string does not end');
    return plain;
  }

  #escape(): string {
    const hex = this.#matchHere(/u[0-9A-Fa-f]{4}/y);
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex.slice(1), 16));
    const sign = this.#text[this.#at] ?? '';
    const meant = ESCAPES.get(sign);
    if (meant === undefined) throw new MoaMistake(`\\${sign} is no escape in a string`);
    this.#at++;
    return meant;
  }

  #singleQuoted(): string {
    const inner = this.#matchHere(/(?:[^'\\]|\\.)*(?=')/sy);
    if (inner === undefined) throw new MoaMistake('a string does not end');
    this.#at++;
    return inner.replaceAll(/\\(['\\])/g, '$1');
  }

  /** The first of these that is next, behind white space. */
  #take<const T extends string>(signs: readonly T[]): T | undefined {
    this.#matchHere(/\s*/y);
    const sign = signs.find((one) => this.#text.startsWith(one, this.#at));
    if (sign !== undefined) this.#at += sign.length;
    return sign;
  }

  #expect(sign: string): void {
    if (this.#take([sign]) === undefined) throw this.#unexpected(JSON.stringify(sign));
  }

  #skip(sign: string): boolean {
    const isNext = this.#text.startsWith(sign, this.#at);
    if (isNext) this.#at += sign.length;
    return isNext;
  }

  #match(pattern: RegExp): string | undefined {
    this.#matchHere(/\s*/y);
    return this.#matchHere(pattern);
  }

  #matchHere(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #unexpected(wanted: string): MoaMistake {
    const next = this.#text.slice(this.#at, this.#at + 20).split('\n')[0] ?? '';
    return new MoaMistake(`${wanted} is expected ${next === '' ? 'where it ends' : `at ${JSON.stringify(next)}`}`);
  }
}
