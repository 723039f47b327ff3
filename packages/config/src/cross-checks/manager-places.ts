import { isLoopback } from '../schema/url-fields.ts';
import type { CrossCheck } from './cross-check.ts';

/** Credentials without worth go to this machine only. */
export const checkEndpoint: CrossCheck = ({ draft }) => {
  if (draft.ecs?.credentials !== 'local') return [];
  const isLocal = draft.ecs.endpoint !== undefined && isLoopback(new URL(draft.ecs.endpoint).hostname);
  return isLocal ? [] : [{ code: 'FR_CONFIG_LOCAL_CREDENTIALS', path: ['ecs', 'credentials'] }];
};

/** Without TLS, tokens can be read on the way; on this machine there is no way. */
export const checkPlainUrl: CrossCheck = ({ draft }) => {
  const url = draft.gitlab_url === undefined ? undefined : new URL(draft.gitlab_url);
  return url?.protocol === 'http:' && !isLoopback(url.hostname) ? [{ code: 'FR_CONFIG_URL_PLAIN', path: ['gitlab_url'] }] : [];
};
