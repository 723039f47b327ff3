import { Pattern } from './pattern.ts';
import { type Operator, type Token, tokensOf } from './tokens.ts';

/** The variables that an expression may name; absent means null. */
export type Lookup = (name: string) => string | undefined;

type Value = string | boolean | null | Pattern;

type Tree =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'both'; readonly operator: Operator; readonly left: Tree; readonly right: Tree };

/** Higher binds tighter. */
const BINDING = { '==': 3, '!=': 3, '=~': 3, '!~': 3, '&&': 2, '||': 1 } as const satisfies Record<Operator, number>;

/**
 * A condition of `rules:if`: variables, texts, patterns, `null`, `true`, `false`, the operators `==` `!=` `=~` `!~` `&&` `||`, and
 * parentheses. Comparisons bind tighter than `&&`, that tighter than `||`.
 */
export class Expression {
  readonly #tree: Tree;

  private constructor(tree: Tree) {
    this.#tree = tree;
  }

  /** Undefined when the text is no expression. */
  static parse(text: string): Expression | undefined {
    const tokens = tokensOf(text);
    const tree = tokens && new Parser(tokens).whole();
    return tree && new Expression(tree);
  }

  /** Whether it comes to something: not null, not false, not blank. A variable that is no pattern makes a match false, and all of it. */
  isTrue(lookup: Lookup): boolean {
    try {
      const value = valueIn(this.#tree, lookup);
      return typeof value === 'string' ? value.trim() !== '' : value !== null && value !== false;
    } catch (error) {
      if (error instanceof NoPattern) return false;
      throw error;
    }
  }
}

class NoPattern extends Error {}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Tree | undefined {
    const tree = this.#operation(1);
    return this.#next === this.#tokens.length ? tree : undefined;
  }

  #operation(loosest: number): Tree | undefined {
    let left = this.#operand();
    for (;;) {
      const token = this.#tokens[this.#next];
      if (!left || token?.kind !== 'operator' || BINDING[token.operator] < loosest) return left;
      this.#next++;
      const right = this.#operation(BINDING[token.operator] + 1);
      left = right && { kind: 'both', operator: token.operator, left, right };
    }
  }

  #operand(): Tree | undefined {
    const token = this.#tokens[this.#next++];
    switch (token?.kind) {
      case 'variable':
        return token;
      case 'text':
      case 'constant':
        return { kind: 'value', value: token.value };
      case 'pattern': {
        const value = Pattern.literal(token.literal);
        return value && { kind: 'value', value };
      }
      case '(': {
        const inner = this.#operation(1);
        return this.#tokens[this.#next++]?.kind === ')' ? inner : undefined;
      }
      default:
        return undefined;
    }
  }
}

function valueIn(tree: Tree, lookup: Lookup): Value {
  if (tree.kind === 'value') return tree.value;
  if (tree.kind === 'variable') return lookup(tree.name) ?? null;
  const left = valueIn(tree.left, lookup);
  switch (tree.operator) {
    case '&&':
      return isSomething(left) ? valueIn(tree.right, lookup) : left;
    case '||':
      return isSomething(left) ? left : valueIn(tree.right, lookup);
    case '==':
      return left === valueIn(tree.right, lookup);
    case '!=':
      return left !== valueIn(tree.right, lookup);
    case '=~':
      return matches(left, valueIn(tree.right, lookup)) ?? false;
    case '!~':
      return !(matches(left, valueIn(tree.right, lookup)) ?? false);
  }
}

/** What counts between `&&` and `||`: there even the empty text is something. */
function isSomething(value: Value): boolean {
  return value !== null && value !== false;
}

/** Undefined when there is nothing to match with. */
function matches(left: Value, right: Value): boolean | undefined {
  if (right === null || right === false) return undefined;
  const pattern = right instanceof Pattern ? right : Pattern.literal(String(right));
  if (!pattern) throw new NoPattern();
  return pattern.matches(typeof left === 'string' ? left : '');
}
