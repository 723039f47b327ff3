import type { Finding } from '../finding.ts';
import { isLoopback } from '../schema/url-fields.ts';
import type { CrossCheck, Subject } from './cross-check.ts';

const KEYS = { directory: ['path'], s3: ['bucket', 'prefix', 'region', 'kms_key', 'endpoint', 'credentials'] } as const;
const REQUIRED = { directory: [], s3: ['bucket', 'region'] } as const;

/** The store fits the place where the manager runs, and its keys fit its kind. */
export const checkStore: CrossCheck = (subject) => [
  ...onEcs(subject),
  ...missing(subject),
  ...outOfPlace(subject),
  ...credentials(subject),
];

/** A directory in an ECS task goes away with the task. */
function onEcs({ draft, isOnEcs, isFaulty }: Subject): Finding[] {
  const isDirectory = !isFaulty(['store', 'kind']) && (draft.store?.kind ?? 'directory') === 'directory';
  return isOnEcs && isDirectory ? [{ code: 'FR_CONFIG_STORE_ON_ECS', path: ['store'], given: false }] : [];
}

function missing({ draft: { store }, isFaulty }: Subject): Finding[] {
  const required: readonly (typeof KEYS.s3)[number][] = store && !isFaulty(['store', 'kind']) ? REQUIRED[store.kind] : [];
  return required
    .filter((key) => store?.[key] === undefined && !isFaulty(['store', key]))
    .map((key) => ({
      code: 'FR_CONFIG_MISSING_KEY',
      path: ['store', key],
      given: false,
      what: `${key} is required for kind ${store?.kind}`,
    }));
}

function outOfPlace({ draft: { store }, isFaulty }: Subject): Finding[] {
  if (!store || isFaulty(['store', 'kind'])) return [];
  const others = store.kind === 's3' ? KEYS.directory : KEYS.s3;
  return others
    .filter((key) => store[key] !== undefined)
    .map((key) => ({
      code: 'FR_CONFIG_STORE_KEY',
      path: ['store', key],
      what: `${key} says nothing about a store of kind ${store.kind}`,
      allowed: ['kind', ...KEYS[store.kind]].join(', '),
    }));
}

/** Credentials without worth go to this machine only. */
function credentials({ draft: { store }, isFaulty }: Subject): Finding[] {
  if (store?.kind !== 's3' || store.credentials !== 'local' || isFaulty(['store', 'endpoint'])) return [];
  const isLocal = store.endpoint !== undefined && isLoopback(new URL(store.endpoint).hostname);
  const cure = 'set store.endpoint to the emulator, or leave store.credentials out';
  return isLocal ? [] : [{ code: 'FR_CONFIG_LOCAL_CREDENTIALS', path: ['store', 'credentials'], cure }];
}
