import { Secret } from '@fargate-gitlab-runner/kernel';
import type { Environment } from './environment.ts';

/** Proxies by the scheme of the address that is called; their URLs may hold a password. `none`: NO_PROXY, as it stands. */
export interface ProxySettings {
  readonly http?: Secret;
  readonly https?: Secret;
  readonly none: string;
}

/**
 * What the environment says about proxies: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in capitals or small letters, the small ones first.
 * Empty ones count as not set. Source: the convention of curl and of Go.
 */
export function proxySettings(env: Environment): ProxySettings {
  const http = env.http_proxy || env.HTTP_PROXY;
  const https = env.https_proxy || env.HTTPS_PROXY;
  return { ...(http && { http: new Secret(http) }), ...(https && { https: new Secret(https) }), none: env.no_proxy || env.NO_PROXY || '' };
}
