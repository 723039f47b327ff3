import { Secret } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { shortTokenOf } from './short-token.ts';

describe('shortTokenOf', () => {
  it.each([
    ['glrt-abcdefghijkl', 'abcdefghi'],
    ['glrt-t1_abcdefghijkl', 'abcdefghi'],
    ['t2_abcdefghijkl', 'abcdefghi'],
    ['glrtr-abcdefghijkl', 'abcdefghi'],
    ['glcbt-abcdefghijkl', 'abcdefghi'],
    ['GR1348941abcdefghijkl', 'abcdefghi'],
    ['abcdefghijkl', 'abcdefghi'],
    ['short', 'short'],
  ])('%s is shown as %s', (token, shown) => {
    expect(shortTokenOf(new Secret(token))).toBe(shown);
  });
});
