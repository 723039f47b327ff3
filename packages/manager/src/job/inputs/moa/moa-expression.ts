import type { MoaValue } from './moa-value.ts';

/** Binary operators, from those that bind least. Of two that begin alike the longer one is first. */
export const OPERATORS = [['||'], ['&&'], ['==', '!=', '<=', '>=', '<', '>'], ['+', '-'], ['*', '/', '%']] as const;

/** One of them. */
export type Operator = (typeof OPERATORS)[number][number];

/** An expression that was read. `text` is a string in double quotes: what stands in it, and templates. */
export type MoaExpression =
  | { readonly kind: 'literal'; readonly value: MoaValue }
  | { readonly kind: 'text'; readonly pieces: readonly (string | MoaExpression)[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly MoaExpression[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [key: MoaExpression, value: MoaExpression])[] }
  | { readonly kind: 'member'; readonly of: MoaExpression; readonly key: MoaExpression }
  | { readonly kind: 'call'; readonly name: string; readonly values: readonly MoaExpression[] }
  | { readonly kind: 'unary'; readonly operator: '+' | '-' | '!'; readonly of: MoaExpression }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: MoaExpression; readonly right: MoaExpression };
