import type { Finding } from '../finding.ts';
import { isLoopback } from '../schema/url-fields.ts';
import type { CrossCheck, Subject } from './cross-check.ts';

/** The cache is no place for secrets, and the emulator's credentials are for the emulator. */
export const checkCache: CrossCheck = (subject) => [...credentials(subject), ...besideRecords(subject)];

function credentials({ draft, isFaulty }: Subject): Finding[] {
  if (draft.cache_credentials !== 'local' || isFaulty(['cache_endpoint'])) return [];
  const isLocal = draft.cache_endpoint !== undefined && isLoopback(new URL(draft.cache_endpoint).hostname);
  const cure = 'set cache_endpoint to the emulator, or leave cache_credentials out';
  return isLocal ? [] : [{ code: 'FR_CONFIG_LOCAL_CREDENTIALS', path: ['cache_credentials'], cure }];
}

/** What jobs write lies in the cache, and what they must not read in the records. */
function besideRecords({ draft }: Subject): Finding[] {
  const { store, cache_bucket_name: bucket } = draft;
  if (bucket === undefined || store?.kind !== 's3' || store.bucket !== bucket) return [];
  return [{ code: 'FR_CONFIG_CACHE_IN_STORE', path: ['cache_bucket_name'] }];
}
