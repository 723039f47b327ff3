import type { MoaExpression, Operator } from './moa-expression.ts';
import { compareMoa, isEqual, isList, isObject, isTruthy, kindOf, MoaMistake, type MoaValue, moaText, named } from './moa-value.ts';

/** What an expression may refer to. `spend` is told of every text that is made, by its length, and throws when there is too much. */
export interface MoaScope {
  readonly names: ReadonlyMap<string, MoaValue>;
  spend(characters: number): void;
}

/** The value of an expression. Throws `MoaMistake` and `SensitiveSeen`. */
export function evaluateMoa(expression: MoaExpression, scope: MoaScope): MoaValue {
  const valueFor = (of: MoaExpression) => evaluateMoa(of, scope);
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'text':
      return joined(
        expression.pieces.map((piece) => (typeof piece === 'string' ? piece : moaText(valueFor(piece)))),
        scope,
      );
    case 'name':
      return nameIn(scope, expression.name);
    case 'list':
      return expression.items.map(valueFor);
    case 'object':
      return new Map(expression.members.map(([key, value]) => [keyText(valueFor(key)), valueFor(value)]));
    case 'member':
      return memberOf(valueFor(expression.of), valueFor(expression.key));
    case 'call':
      return call(expression.name, expression.values.map(valueFor));
    case 'unary':
      return unary(expression.operator, valueFor(expression.of));
    case 'binary':
      return binary(expression, scope);
  }
}

function nameIn({ names }: MoaScope, name: string): MoaValue {
  const value = names.get(name);
  if (value === undefined) throw new MoaMistake(`there is no ${name} here, only ${[...names.keys()].join(', ')}`);
  return value;
}

function keyText(key: MoaValue): string {
  if (typeof key !== 'string') throw new MoaMistake(`the key of a member is a string, not ${named(kindOf(key))}`);
  return key;
}

function memberOf(of: MoaValue, key: MoaValue): MoaValue {
  if (isObject(of)) {
    const member = of.get(keyText(key));
    if (member === undefined) throw new MoaMistake(`there is no ${JSON.stringify(key)} in it`);
    return member;
  }
  if (!isList(of)) throw new MoaMistake(`${named(kindOf(of))} has no members`);
  const item = typeof key === 'number' ? of[key] : undefined;
  if (item === undefined) throw new MoaMistake(`there is no item ${moaText(key)} in it`);
  return item;
}

function call(name: string, values: readonly MoaValue[]): MoaValue {
  const [value] = values;
  if (!['str', 'num', 'bool'].includes(name)) throw new MoaMistake(`there is no function ${name}, only str, num and bool`);
  if (value === undefined || values.length > 1) throw new MoaMistake(`${name}() takes one value`);
  if (name === 'str') return moaText(value);
  return name === 'bool' ? isTruthy(value) : numberOf(value);
}

function numberOf(value: MoaValue): number {
  const text = kindOf(value) === 'number' || kindOf(value) === 'string' ? String(value).trim() : '';
  const number = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) throw new MoaMistake(`${JSON.stringify(moaText(value))} is no number`);
  return number;
}

function unary(operator: '+' | '-' | '!', value: MoaValue): MoaValue {
  if (operator === '!') return !isTruthy(value);
  if (typeof value !== 'number') throw new MoaMistake(`${operator} takes a number, not ${named(kindOf(value))}`);
  return operator === '-' ? -value : value;
}

/** `&&` and `||` look at their right side only when it decides. */
function binary({ operator, ...of }: MoaExpression & { readonly kind: 'binary' }, scope: MoaScope): MoaValue {
  const left = evaluateMoa(of.left, scope);
  if (operator === '||') return isTruthy(left) ? left : evaluateMoa(of.right, scope);
  if (operator === '&&') return isTruthy(left) ? evaluateMoa(of.right, scope) : left;
  const right = evaluateMoa(of.right, scope);
  if (typeof left === 'string' && typeof right === 'string' && operator === '+') return joined([left, right], scope);
  return COMPARISONS.get(operator)?.(left, right) ?? calculated(operator, left, right);
}

const COMPARISONS: ReadonlyMap<Operator, (left: MoaValue, right: MoaValue) => boolean> = new Map([
  ['==', isEqual],
  ['!=', (left, right) => !isEqual(left, right)],
  ['<', (left, right) => compareMoa(left, right) < 0],
  ['<=', (left, right) => compareMoa(left, right) <= 0],
  ['>', (left, right) => compareMoa(left, right) > 0],
  ['>=', (left, right) => compareMoa(left, right) >= 0],
]);

function calculated(operator: Operator, left: MoaValue, right: MoaValue): number {
  const kinds = [kindOf(left), kindOf(right)] as const;
  if (typeof left !== 'number' || typeof right !== 'number')
    throw new MoaMistake(`${operator} takes numbers${operator === '+' ? ' or strings' : ''}, not ${kinds.map(named).join(' and ')}`);
  if (right === 0 && (operator === '/' || operator === '%')) throw new MoaMistake('it divides by 0');
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    default:
      return left % right;
  }
}

function joined(pieces: readonly string[], scope: MoaScope): string {
  scope.spend(pieces.reduce((sum, piece) => sum + piece.length, 0));
  return pieces.join('');
}
