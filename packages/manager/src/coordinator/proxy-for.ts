import { BlockList, isIP } from 'node:net';
import type { ProxySettings } from '@fargate-gitlab-runner/config';
import { CodedError, type Secret } from '@fargate-gitlab-runner/kernel';

/**
 * The proxy through which `url` is called, if any: the one for its scheme, unless NO_PROXY names the host. This machine is never called
 * through a proxy. NO_PROXY is a list with commas of host names (which include what lies below them), `.domains`, addresses, networks
 * (`10.0.0.0/8`), each with a port or without, or `*`. Source: the convention of Go, which the official runner follows.
 *
 * @throws CodedError (FR_COORDINATOR_PROXY) when the proxy's address can't be used
 */
export function proxyFor(url: string, settings: ProxySettings): Secret | undefined {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (isThisMachine(host)) return undefined;
  const proxy = protocol === 'https:' ? settings.https : settings.http;
  if (!proxy) return undefined;
  const target = { host, port: port || (protocol === 'https:' ? '443' : '80') };
  if (settings.none.split(',').some((rule) => isExcepted(target, rule.trim().toLowerCase()))) return undefined;
  checkProxy(proxy, protocol);
  return proxy;
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function isExcepted(target: { readonly host: string; readonly port: string }, rule: string): boolean {
  if (rule === '') return false;
  if (rule === '*') return true;
  if (isInNetwork(target.host, rule)) return true;
  const [, name = '', port] = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(rule) ?? [];
  if (port !== undefined && port !== target.port) return false;
  const bare = name.replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
  return (target.host === bare && !/^\*?\./.test(name)) || target.host.endsWith(`.${bare}`);
}

function isInNetwork(host: string, rule: string): boolean {
  const [address = '', bits] = rule.split('/');
  const kind = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0 || isIP(host) !== isIP(address) || !/^\d{1,3}$/.test(bits ?? '')) return false;
  const network = new BlockList();
  try {
    network.addSubnet(address, Number(bits), kind);
  } catch {
    return false;
  }
  return network.check(host, kind);
}

function checkProxy(proxy: Secret, protocol: string): void {
  const text = proxy.reveal();
  const scheme = URL.canParse(text) ? new URL(text).protocol : '';
  if (scheme === 'http:' || scheme === 'https:') return;
  throw new CodedError({
    code: 'FR_COORDINATOR_PROXY',
    at: protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY',
    what: "the proxy's address can't be used",
    given: scheme === '' ? 'text that is no URL' : scheme,
    allowed: 'a URL that begins with http:// or https://',
    cure: 'correct the variable, or name the GitLab in NO_PROXY',
  });
}
