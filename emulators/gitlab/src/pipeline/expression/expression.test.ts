import { createContext, runInContext } from 'node:vm';
import { array, assert, constantFrom, letrec, oneof, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { Expression } from './expression.ts';

const VALUES: Readonly<Record<string, string>> = { A: 'a', B: 'b', EMPTY: '', PATTERN: '/^a/', TEXT: 'abc' };

function isTrue(text: string): boolean | undefined {
  return Expression.parse(text)?.isTrue((name) => VALUES[name]);
}

test.each([
  ['$A', true],
  ['$EMPTY', false],
  ['$NONE', false],
  ['$NONE == null', true],
  ['$EMPTY == null', false],
  ['$A == "a" && $B == "c" || $TEXT', true],
  ['$A == "a" && ($B == "c" || $NONE)', false],
  ['$TEXT =~ /B/', undefined],
  ['$TEXT =~ /BC/i', true],
  ['$TEXT =~ $PATTERN', true],
  ['$TEXT !~ $PATTERN', false],
  ['$TEXT =~ $A', false],
  ['$NONE =~ /ab/', false],
  ['$NONE !~ /ab/', true],
  ['$NONE =~ /^$/', true],
  ['$NONE =~ /^x*$/', true],
  ['$TEXT =~ $NONE', false],
  ['$TEXT !~ $NONE', true],
  ['$A == "c" || $B == "b" && $NONE', false],
  ['($A == "a" || $B == "c") && $TEXT', true],
  ['true && false || true', true],
  ['$A ==', undefined],
  ['($A', undefined],
  ['$A = "a"', undefined],
  ['', undefined],
])('%j comes to %j', (text, expected) => {
  expect(isTrue(text)).toBe(expected);
});

/** A text in full parentheses together with what it comes to. */
interface Sample {
  readonly text: string;
  readonly value: boolean;
}

test('whatever is built of comparisons, and, or and parentheses comes to what logic says', () => {
  const names = constantFrom(...Object.keys(VALUES), 'NONE');
  const { sample } = letrec<{ sample: Sample; leaf: Sample; both: Sample }>((tie) => ({
    sample: oneof({ maxDepth: 4 }, tie('leaf'), tie('both')),
    leaf: record({ left: names, right: names, operator: constantFrom('==', '!=') }).map(({ left, right, operator }) => ({
      text: `$${left} ${operator} $${right}`,
      value: (VALUES[left] === VALUES[right]) === (operator === '=='),
    })),
    both: record({ left: tie('sample'), right: tie('sample'), operator: constantFrom('&&', '||') }).map(({ left, right, operator }) => ({
      text: `(${left.text}) ${operator} (${right.text})`,
      value: operator === '&&' ? left.value && right.value : left.value || right.value,
    })),
  }));
  assert(
    property(sample, ({ text, value }) => {
      expect([value, undefined]).toContain(isTrue(text));
      if (text.length < 200) expect(isTrue(text)).toBe(value);
    }),
    { numRuns: 1000, seed: 1 },
  );
});

test('whatever is built of matches, comparisons, and, or, with few parentheses, comes to what JavaScript makes of it', () => {
  const context = createContext();
  const names = constantFrom(...Object.keys(VALUES), 'NONE');
  const sources = constantFrom('ab', '^a', 'c$', 'a.c', '^abc?$', 'x*', '[bc]+', '(a|z)b', '^.*$');
  const value = (name: string) => JSON.stringify(VALUES[name] ?? null);
  const comparison = record({ left: names, right: names, operator: constantFrom('==', '!=') }).map(({ left, right, operator }) => ({
    text: `$${left} ${operator} $${right}`,
    script: `(${value(left)} ${operator}= ${value(right)})`,
  }));
  const match = record({ left: names, source: sources, flag: constantFrom('', 'i'), operator: constantFrom('=~', '!~') }).map((of) => ({
    text: `$${of.left} ${of.operator} /${of.source}/${of.flag}`,
    script: `(${of.operator === '!~' ? '!' : ''}/${of.source}/${of.flag}.test(${value(of.left)} ?? ''))`,
  }));
  const { chain } = letrec<{ chain: Script; leaf: Script }>((tie) => ({
    leaf: oneof({ maxDepth: 2, withCrossShrink: true }, comparison, match, tie('chain').map(inParentheses)),
    chain: array(record({ leaf: tie('leaf'), operator: constantFrom(' && ', ' || ') }), { minLength: 1, maxLength: 4 }).map(joined),
  }));
  assert(
    property(chain, ({ text, script }) => {
      if (text.length < 300) expect([text, isTrue(text)]).toEqual([text, runInContext(script, context)]);
    }),
    { numRuns: 300, seed: 1 },
  );
});

/** An expression, and the same in JavaScript, whose `&&` also binds tighter than its `||`. */
interface Script {
  readonly text: string;
  readonly script: string;
}

function inParentheses({ text, script }: Script): Script {
  return { text: `(${text})`, script: `(${script})` };
}

function joined(parts: readonly { readonly leaf: Script; readonly operator: string }[]): Script {
  const join = (key: keyof Script) => parts.map(({ leaf, operator }, index) => `${index > 0 ? operator : ''}${leaf[key]}`).join('');
  return { text: join('text'), script: join('script') };
}

test('a pattern that makes backtracking engines hang is answered', () => {
  const text = 'a'.repeat(5000);
  expect(Expression.parse('$X =~ /^(a+)+$/')?.isTrue(() => `${text}!`)).toBe(false);
  expect(Expression.parse(`$X =~ /${'\\/'.repeat(5000)}`)).toBeUndefined();
});
