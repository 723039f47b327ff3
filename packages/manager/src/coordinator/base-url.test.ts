import { CodedError } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { apiUrlOf } from './base-url.ts';

describe('apiUrlOf', () => {
  it.each([
    ['https://gitlab.test', 'https://gitlab.test/api/v4'],
    ['https://gitlab.test/', 'https://gitlab.test/api/v4'],
    ['https://gitlab.test///', 'https://gitlab.test/api/v4'],
    ['https://gitlab.test/ci', 'https://gitlab.test/api/v4'],
    ['https://gitlab.test/ci/', 'https://gitlab.test/api/v4'],
    ['https://gitlab.test/ci/ci', 'https://gitlab.test/ci/api/v4'],
    ['https://gitlab.test/acme-ci', 'https://gitlab.test/acme-ci/api/v4'],
    ['https://host.test/gitlab', 'https://host.test/gitlab/api/v4'],
    ['https://host.test/gitlab/ci/', 'https://host.test/gitlab/api/v4'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/api/v4'],
    ['HTTPS://GitLab.Test', 'https://gitlab.test/api/v4'],
  ])('1: %s has its API at %s', (url, api) => {
    expect(apiUrlOf(url)).toBe(api);
  });

  it.each(['ftp://user:password@gitlab.test', 'gitlab.test', 'file:///etc', '', 'unix:/run/x'])(
    '1: %j is refused without showing it',
    (url) => {
      const refused = () => apiUrlOf(url);
      expect(refused).toThrow(CodedError);
      expect(refused).toThrow(/FR_COORDINATOR_URL/);
      expect(refused).not.toThrow(/password/);
    },
  );
});
