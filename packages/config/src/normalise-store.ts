import { resolve } from 'node:path';
import type { ParsedStore } from './schema/store-schema.ts';
import type { StoreConfig } from './store-config.ts';

const DEFAULT_PATH = '/var/lib/fargate-gitlab-runner';

/** A store section that passed every check, as one of the kinds of stores. `folder` is where a relative path starts. */
export function normaliseStore(store: ParsedStore, folder: string): StoreConfig {
  if (store.kind === 'directory') return { kind: 'directory', path: resolve(folder, store.path ?? DEFAULT_PATH) };
  return {
    kind: 's3',
    bucket: store.bucket ?? '',
    prefix: withSlash(store.prefix ?? ''),
    region: store.region ?? '',
    ...(store.kms_key !== undefined && { kmsKey: store.kms_key }),
    ...(store.endpoint !== undefined && { endpoint: store.endpoint }),
    credentials: store.credentials ?? 'ambient',
  };
}

function withSlash(prefix: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}
