import { describe, expect, it } from 'vitest';
import { CodedError, type Problem, renderProblem } from './coded-error.ts';

const FULL: Problem = {
  code: 'FR_CONFIG_SIZE',
  at: 'runners.yaml:4:7',
  what: 'Fargate has no such size of task',
  given: '256/4096',
  allowed: '256 with 512, 1024, 2048',
  cure: 'take an allowed pair',
};

describe('renderProblem', () => {
  it('says place, what is wrong and the code first, then the rest in columns', () => {
    expect(renderProblem(FULL)).toBe(
      [
        'runners.yaml:4:7: Fargate has no such size of task [FR_CONFIG_SIZE]',
        '  given:   256/4096',
        '  allowed: 256 with 512, 1024, 2048',
        '  do:      take an allowed pair',
      ].join('\n'),
    );
  });

  it('leaves out what is not known, but shows an empty value', () => {
    expect(renderProblem({ code: 'FR_CONFIG_NOTHING', what: 'there is no configuration' })).toBe(
      'there is no configuration [FR_CONFIG_NOTHING]',
    );
    expect(renderProblem({ code: 'FR_CONFIG_TAG', what: 'this is not a tag', given: '' })).toBe(
      'this is not a tag [FR_CONFIG_TAG]\n  given:   ',
    );
  });
});

describe('CodedError', () => {
  it('carries all its problems, in its message too, and goes by the code of the first', () => {
    const second: Problem = { code: 'FR_CONFIG_TAG', what: 'this is not a tag' };
    const error = new CodedError([FULL, second]);
    expect(error.problems).toEqual([FULL, second]);
    expect(error.message).toBe(`${renderProblem(FULL)}\nthis is not a tag [FR_CONFIG_TAG]`);
    expect([error.name, error.code]).toEqual(['CodedError', 'FR_CONFIG_SIZE']);
  });

  it('takes one problem, and keeps its cause', () => {
    const cause = new Error('ENOENT');
    const error = new CodedError(FULL, { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error.problems).toEqual([FULL]);
    expect(error.cause).toBe(cause);
  });

  it('has a code of its own when it carries no problem', () => {
    expect(new CodedError([]).code).toBe('FR_UNKNOWN');
  });
});
