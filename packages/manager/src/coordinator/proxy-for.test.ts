import { Secret } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { proxyFor } from './proxy-for.ts';

const proxy = new Secret('http://proxy.test:3128');
const through = (url: string, none = '') => proxyFor(url, { http: proxy, https: proxy, none }) !== undefined;

describe('proxyFor', () => {
  it.each([
    ['https://gitlab.test/api', '', true],
    ['https://gitlab.test/api', 'other.test', true],
    ['https://gitlab.test/api', 'gitlab.test', false],
    ['https://gitlab.test/api', 'GitLab.Test', false],
    ['https://gitlab.test/api', ' a.test , gitlab.test ', false],
    ['https://git.example.test/api', 'example.test', false],
    ['https://git.example.test/api', '.example.test', false],
    ['https://git.example.test/api', '*.example.test', false],
    ['https://example.test/api', '.example.test', true],
    ['https://badexample.test/api', 'example.test', true],
    ['https://gitlab.test/api', '*', false],
    ['https://gitlab.test:8443/api', 'gitlab.test:8443', false],
    ['https://gitlab.test/api', 'gitlab.test:8443', true],
    ['https://gitlab.test/api', 'gitlab.test:443', false],
    ['http://10.1.2.3/api', '10.0.0.0/8', false],
    ['http://11.1.2.3/api', '10.0.0.0/8', true],
    ['http://10.1.2.3/api', '10.1.2.3', false],
    ['http://10.1.2.3/api', '10.0.0.0/99', true],
    ['http://[fd00::7]/api', 'fd00::/8', false],
    ['http://[fd00::7]/api', '[fd00::7]', false],
    ['http://localhost/api', '', false],
    ['http://127.1.2.3/api', '', false],
    ['http://[::1]:8080/api', '', false],
  ])('%s with NO_PROXY=%j goes through it: %s', (url, none, isProxied) => {
    expect(through(url, none)).toBe(isProxied);
  });

  it('takes the one for the scheme', () => {
    expect(proxyFor('http://gitlab.test', { https: proxy, none: '' })).toBeUndefined();
    expect(proxyFor('https://gitlab.test', { https: proxy, none: '' })).toBe(proxy);
  });

  it('refuses an address that is no proxy, without showing it', () => {
    const password = 'user:hunter2secret@socks.test';
    const settings = { https: new Secret(`socks4://${password}`), none: '' };
    expect(() => proxyFor('https://gitlab.test', settings)).toThrow(/HTTPS_PROXY.*FR_COORDINATOR_PROXY/s);
    expect(() => proxyFor('https://gitlab.test', settings)).not.toThrow(/hunter2secret/);
  });
});
