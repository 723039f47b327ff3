import { describe, expect, it } from 'vitest';
import { givenInputs } from './given-inputs.ts';

describe('inputs on the command line', () => {
  it.each([
    ['plain=some text, with = and "quotes"', 'some text, with = and "quotes"'],
    ['plain=', ''],
    ['plain=3', 3],
    ['plain=true', true],
    ['plain=["a", "b"]', ['a', 'b']],
    ['plain="3"', '3'],
  ])('%s is %j', (pair, value) => {
    expect(givenInputs([pair])).toEqual({ plain: value });
  });

  it('the last one of a name wins', () => {
    expect(givenInputs(['a=1', 'b=x', 'a=2'])).toEqual({ a: 2, b: 'x' });
  });

  it('everything that is no pair is told, without its value', () => {
    const wrong = () => givenInputs(['name', 'a b=secret']);
    expect(wrong).toThrow(/FR_LOCAL_INPUT(?:.|\n)*FR_LOCAL_INPUT/);
    expect(wrong).not.toThrow(/secret/);
  });
});
