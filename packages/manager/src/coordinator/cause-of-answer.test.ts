import { describe, expect, it } from 'vitest';
import { answered } from './answered.test-double.ts';
import { causeOf } from './cause-of-answer.ts';

describe('causeOf', () => {
  it.each<[string, string, Parameters<typeof answered>]>([
    ['a message', 'GitLab answered 403 Forbidden - no runner (request abc)', [403, {}, { message: '403 Forbidden - no runner' }]],
    ['no body', 'GitLab answered 502 Bad Gateway (request abc)', [502]],
    ['a missing parameter', 'GitLab answered 400 Bad Request: token is missing (request abc)', [400, {}, { error: 'token is missing' }]],
    [
      'validations',
      "GitLab answered 400 Bad Request: tags: can't be blank; too long, name: odd (request abc)",
      [400, {}, { message: { tags: ["can't be blank", 'too long'], name: 'odd' } }],
    ],
    ['the state of the job', 'GitLab answered 403 Forbidden, the job is canceled (request abc)', [403, { 'job-status': 'canceled' }]],
    [
      'a redirect, without its path',
      'GitLab answered 301 Moved Permanently, redirecting to https://new.test: use that address instead (request abc)',
      [301, { location: 'https://new.test/api?private_token=x' }],
    ],
    ['a status without a name', 'GitLab answered 599 (request abc)', [599]],
    [
      'a message in a page',
      'GitLab answered 500 Internal Server Error (request abc)',
      [500, { 'content-type': 'text/html' }, { message: 'no' }],
    ],
    ['lines in a message', 'GitLab answered 500 Internal Server Error: a b (request abc)', [500, {}, { message: 'a\r\nb' }]],
  ])('shows %s', (_title, cause, given) => {
    expect(causeOf(answered(...given))).toBe(cause);
  });

  it('keeps a long message short', () => {
    expect(causeOf(answered(500, {}, { message: 'x'.repeat(10_000) })).length).toBeLessThan(400);
  });
});
