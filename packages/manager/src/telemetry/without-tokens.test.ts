import { describe, expect, it } from 'vitest';
import { withoutTokens } from './without-tokens.ts';

describe('withoutTokens', () => {
  it.each([
    ['glrt-t1_abcDEF012_-x.y is gone', 'glrt-[masked] is gone'],
    ['token glcbt-64_aaaa, and glpat-1', 'token glcbt-[masked], and glpat-[masked]'],
    ['http://gitlab-ci-token:secret@gitlab.test/a.git', 'http://gitlab-ci-token:[masked]@gitlab.test/a.git'],
    [
      'http://gitlab-ci-token:eyJhbGciOi.J9@gitlab.test and http://u:p@h',
      'http://gitlab-ci-token:[masked]@gitlab.test and http://u:[masked]@h',
    ],
    ['https://gitlab.test:8443/acme', 'https://gitlab.test:8443/acme'],
    ['connect ECONNREFUSED 127.0.0.1:443', 'connect ECONNREFUSED 127.0.0.1:443'],
    ['glrt- without more, singlrt-x', 'glrt- without more, singlrt-x'],
  ])('%j', (text, masked) => {
    expect(withoutTokens(text)).toBe(masked);
  });
});
